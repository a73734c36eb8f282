using System.Text.Json.Serialization;

namespace Diffusion.Sdk.Denoisers;

/// <summary>The function between two layers; config files have it by diffusers' name, in small letters.</summary>
public enum Activation
{
    /// <summary>x sigmoid(x).</summary>
    [JsonStringEnumMemberName("silu")]
    Silu,

    /// <summary>max(x, 0).</summary>
    [JsonStringEnumMemberName("relu")]
    Relu,

    /// <summary>x Phi(x), with the error function.</summary>
    [JsonStringEnumMemberName("gelu")]
    Gelu,

    /// <summary>x tanh(ln(1 + e^x)).</summary>
    [JsonStringEnumMemberName("mish")]
    Mish,

    /// <summary>The hyperbolic tangent.</summary>
    [JsonStringEnumMemberName("tanh")]
    Tanh,
}
