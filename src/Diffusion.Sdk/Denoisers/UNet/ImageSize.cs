namespace Diffusion.Sdk.Denoisers;

/// <summary>Height and width of an image in pixels.</summary>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
public readonly record struct ImageSize(int Height, int Width)
{
    /// <summary>A square image.</summary>
    /// <param name="side">Rows and columns.</param>
    public static implicit operator ImageSize(int side) => FromInt32(side);

    /// <summary>A square image.</summary>
    /// <param name="side">Rows and columns.</param>
    public static ImageSize FromInt32(int side) => new(side, side);

    /// <summary>Such as 28 x 28.</summary>
    public override string ToString() => $"{Height} x {Width}";
}
