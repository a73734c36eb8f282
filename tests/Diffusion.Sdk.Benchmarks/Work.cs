using Diffusion.Sdk.Denoisers;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>A row of the table.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Precision">Ours; PyTorch's is always float32.</param>
/// <param name="Threads">Of both sides.</param>
/// <param name="Must">The ratio that is asked for.</param>
internal sealed record Work(string Name, Precision Precision, string Threads, double Must)
{
    public static IReadOnlyList<Precision> Precisions { get; } = [Precision.Full, Precision.BFloat16];

    public string PrecisionName => Precision == Precision.Full ? "float32" : "bfloat16";
}
