using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

internal sealed class ActivationRows : OperatorRows
{
    public static readonly ActivationRows All = new()
    {
        { "relu", a => a.relu() },
        { "relu_", a => a.clone().relu_() },
        { "silu", a => a.silu() },
        { "silu_", a => a.clone().silu_() },
        { "selu", a => a.selu() },
        { "gelu", a => a.gelu() },
        { "celu", a => a.celu() },
        { "elu", a => a.elu(0.7) },
        { "leaky_relu", a => a.leaky_relu(0.2) },
        { "hardtanh", a => a.hardtanh(-0.5, 0.8) },
        { "softplus", a => a.softplus(2.0, 1.0) },
        { "softmax", a => a.softmax(1) },
        { "log_softmax", a => a.log_softmax(0) },
    };
}
