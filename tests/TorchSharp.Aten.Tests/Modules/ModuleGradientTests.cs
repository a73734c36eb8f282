using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Modules;

/// <summary>
/// Gradients of every module with respect to its input and all its parameters, by numerical differentiation.
/// </summary>
public class ModuleGradientTests : TensorTest
{
    private const ScalarType Real = ScalarType.Float64;

    private static readonly Dictionary<string, (Func<nn.Module<Tensor, Tensor>> Make, long[] Shape)> s_modules = new()
    {
        ["Linear"] = (() => nn.Linear(3, 2, dtype: Real), [2, 3]),
        ["Linear without bias"] = (() => nn.Linear(3, 2, hasBias: false, dtype: Real), [2, 4, 3]),
        ["Conv2d"] = (() => nn.Conv2d(2, 4, 3, stride: 2, padding: 1, groups: 2, dtype: Real), [2, 2, 4, 5]),
        ["Conv2d pair"] = (() =>
            nn.Conv2d(2, 2, (3, 2), (1, 2), (1, 0), (1, 2), bias: false, dtype: Real), [1, 2, 4, 5]),
        ["Conv2d same"] = (() => nn.Conv2d(1, 2, 3, Padding.Same, dilation: 2, dtype: Real), [1, 1, 4, 5]),
        ["Conv2d valid pair"] = (() => nn.Conv2d(1, 2, (3, 2), Padding.Valid, dtype: Real), [1, 1, 4, 5]),
        ["Conv2d reflect"] = (
            () => nn.Conv2d(1, 2, 3, padding: 1, padding_mode: PaddingModes.Reflect, dtype: Real), [1, 1, 4, 5]),
        ["Conv2d circular same"] =
            (() => nn.Conv2d(1, 2, (2, 3), Padding.Same, padding_mode: PaddingModes.Circular, dtype: Real),
                [1, 1, 4, 5]),
        ["GroupNorm"] = (() => nn.GroupNorm(2, 4, dtype: Real), [2, 4, 3]),
        ["GroupNorm plain"] = (() => nn.GroupNorm(2, 4, 0.1, affine: false), [2, 4, 3]),
        ["LayerNorm"] = (() => nn.LayerNorm([2, 3], dtype: Real), [2, 2, 3]),
        ["LayerNorm one"] = (() => nn.LayerNorm(3, bias: false, dtype: Real), [2, 3]),
        ["BatchNorm2d"] = (() => nn.BatchNorm2d(2, dtype: Real), [3, 2, 2, 2]),
        ["SiLU"] = (() => nn.SiLU(), [2, 3]),
        ["GELU"] = (() => nn.GELU(), [2, 3]),
        ["ReLU"] = (() => nn.ReLU(), [2, 3]),
        ["Mish"] = (() => nn.Mish(), [2, 3]),
        ["Sigmoid"] = (() => nn.Sigmoid(), [2, 3]),
        ["Tanh"] = (() => nn.Tanh(), [2, 3]),
        ["LeakyReLU"] = (() => nn.LeakyReLU(0.2), [2, 3]),
        ["ELU"] = (() => nn.ELU(0.7), [2, 3]),
        ["Softplus"] = (() => nn.Softplus(2, 1), [2, 3]),
        ["Softmax"] = (() => nn.Softmax(1), [2, 3]),
        ["LogSoftmax"] = (() => nn.LogSoftmax(0), [2, 3]),
        ["Identity"] = (() => nn.Identity(), [2, 3]),
        ["Flatten"] = (() => nn.Flatten(), [2, 3, 2]),
        ["AvgPool2d"] = (() => nn.AvgPool2d(2), [1, 2, 4, 5]),
        ["AvgPool2d pair"] = (() => nn.AvgPool2d((2, 3), (1, 2), count_include_pad: false), [1, 2, 4, 5]),
        ["AvgPool2d list"] = (() => nn.AvgPool2d([3, 3], [1, 1], [1, 1], divisor_override: 5), [1, 2, 4, 5]),
        ["MaxPool2d"] = (() => nn.MaxPool2d(2, 1), [1, 2, 4, 5]),
        ["MaxPool2d pair"] = (() => nn.MaxPool2d((2, 3), ceil_mode: true), [1, 2, 4, 5]),
        ["MaxPool2d list"] = (() => nn.MaxPool2d([2, 2], [1, 1], [1, 1], [2, 1]), [1, 2, 4, 5]),
        ["AdaptiveAvgPool2d"] = (() => nn.AdaptiveAvgPool2d(3), [1, 2, 4, 5]),
        ["AdaptiveAvgPool2d pair"] = (() => nn.AdaptiveAvgPool2d((3, 2)), [1, 2, 4, 5]),
        ["AdaptiveAvgPool2d list"] = (() => nn.AdaptiveAvgPool2d([1, 4]), [1, 2, 4, 5]),
        ["Upsample nearest"] = (() => nn.Upsample(scale_factor: [2.0]), [1, 2, 3, 2]),
        ["Upsample bilinear"] =
            (() => nn.Upsample([4, 5], mode: UpsampleMode.Bilinear, align_corners: true), [1, 2, 3, 2]),
        ["Sequential"] = (() =>
            nn.Sequential(nn.Linear(3, 4, dtype: Real), nn.SiLU(), nn.Linear(4, 2, dtype: Real)), [2, 3]),
    };

    public static TheoryData<string> Names => [.. s_modules.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Module_ByNumericalDifferentiation_HasRightGradients(string name)
    {
        (Func<nn.Module<Tensor, Tensor>> make, long[] shape) = s_modules[name];
        manual_seed(11);
        using nn.Module<Tensor, Tensor> module = make();
        using (no_grad())
        {
            // Norms begin at scale 1 and shift 0, where mistakes would hide.
            foreach (Tensor parameter in module.parameters())
            {
                parameter.add_(randn_like(parameter), 0.3);
            }
        }
        Tensor input = randn(shape, dtype: Real, requires_grad: true);

        GradCheck.Check(() => module.call(input), [input, .. module.parameters()]);
    }

    [Fact]
    public void Embedding_ByNumericalDifferentiation_HasRightGradients()
    {
        using TorchSharp.Modules.Embedding module = nn.Embedding(4, 3, dtype: Real);
        Tensor indices = tensor(new long[,] { { 0, 3 }, { 3, 1 } });

        GradCheck.Check(() => module.call(indices), module.weight);
    }

    [Theory]
    [InlineData("MSE")]
    [InlineData("L1")]
    [InlineData("SmoothL1")]
    [InlineData("Huber")]
    public void Loss_ByNumericalDifferentiation_HasRightGradients(string name)
    {
        using Loss<Tensor, Tensor, Tensor> loss = name switch
        {
            "MSE" => nn.MSELoss(nn.Reduction.None),
            "L1" => nn.L1Loss(nn.Reduction.Sum),
            "SmoothL1" => nn.SmoothL1Loss(beta: 0.5),
            _ => nn.HuberLoss(0.5),
        };
        manual_seed(12);
        Tensor input = randn(2, 3, dtype: Real, requires_grad: true);
        Tensor target = randn(2, 3, dtype: Real, requires_grad: true);

        GradCheck.Check(() => loss.call(input, target), input, target);
    }

    [Fact]
    public void CrossEntropyLoss_ByNumericalDifferentiation_HasRightGradients()
    {
        using TorchSharp.Modules.CrossEntropyLoss loss = nn.CrossEntropyLoss(tensor([1.0, 2.0, 0.5]), ignore_index: 1);
        manual_seed(13);
        Tensor input = randn(4, 3, dtype: Real, requires_grad: true);
        Tensor target = tensor([0L, 1L, 2L, 0L]);

        GradCheck.Check(() => loss.call(input, target), input);
    }
}
