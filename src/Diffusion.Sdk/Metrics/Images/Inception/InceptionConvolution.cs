namespace Diffusion.Sdk.Metrics;

/// <summary>A convolution of Inception-v3.</summary>
/// <param name="Name">Its key in weights files.</param>
/// <param name="Outputs">Channels of its output.</param>
/// <param name="Height">Rows of the kernel.</param>
/// <param name="Width">Columns of the kernel.</param>
/// <param name="Stride">Stride in both directions.</param>
/// <param name="Pads">Whether the image is padded so that stride 1 keeps its size.</param>
internal sealed record InceptionConvolution(
    string Name, int Outputs, int Height, int Width, int Stride = 1, bool Pads = true)
{
    /// <summary>A square kernel.</summary>
    public InceptionConvolution(string name, int outputs, int size)
        : this(name, outputs, size, size)
    {
    }

    /// <summary>Rows and columns added on each side.</summary>
    public (long, long) Padding => Pads ? (Height / 2, Width / 2) : (0, 0);

    /// <summary>A square kernel without padding.</summary>
    public static InceptionConvolution Valid(string name, int outputs, int size, int stride = 1) =>
        new(name, outputs, size, size, stride, Pads: false);
}
