namespace Diffusion.Sdk.Imaging.Axes;

/// <summary>The rectangle of data coordinates that something covers.</summary>
internal readonly record struct Bounds(double MinX, double MaxX, double MinY, double MaxY)
{
    internal Bounds Union(Bounds other) => new(
        Math.Min(MinX, other.MinX),
        Math.Max(MaxX, other.MaxX),
        Math.Min(MinY, other.MinY),
        Math.Max(MaxY, other.MaxY));
}
