using System.Text.Json.Serialization;

namespace Diffusion.Sdk.Denoisers;

/// <summary>In which numbers a denoiser computes. Samples, outputs, losses and optimizers are float32 always.</summary>
public enum Precision
{
    /// <summary>float32: exact.</summary>
    [JsonStringEnumMemberName("float32")]
    Full,

    /// <summary>
    /// bfloat16, of 8 significant bits: weights are copied to it and inputs rounded to it, while a training keeps its
    /// own weights, their gradients, the optimizer and the averages in float32. Outputs are off by about 1%. Faster
    /// where the processor multiplies such numbers itself (AMX, or an NVIDIA GPU), slower elsewhere.
    /// </summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,

    /// <summary>
    /// <see cref="BFloat16"/> if a short measurement finds it clearly faster, else <see cref="Full"/>. The choice is
    /// logged and recorded; since it depends on the moment, so do the bits of the results.
    /// </summary>
    [JsonStringEnumMemberName("auto")]
    Auto,
}
