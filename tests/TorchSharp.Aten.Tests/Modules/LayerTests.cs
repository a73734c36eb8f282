using TorchSharp.Aten.Tests.Recorded;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Modules;

public class LayerTests : TensorTest
{
    [Fact]
    public void LinearAndConv2d_New_AreDrawnAsInPyTorch()
    {
        manual_seed(3);
        using Linear linear = nn.Linear(100, 200);
        using Conv2d conv = nn.Conv2d(10, 20, 3);

        AssertUniform(linear.weight, 0.1, 0.01);
        AssertUniform(linear.bias!, 0.1, 0.03);
        AssertUniform(conv.weight, 1 / Math.Sqrt(90), 0.02);
        AssertUniform(conv.bias!, 1 / Math.Sqrt(90), 0.25);
        Assert.Equal([200, 100], linear.weight.shape);
        Assert.Equal([20, 10, 3, 3], conv.weight.shape);
    }

    [Fact]
    public void Conv2d_Reset_IsDrawnAnew()
    {
        using Conv2d conv = nn.Conv2d(1, 1, 3);
        double[] before = RecordedTensor.Numbers(conv.weight);
        conv.reset_parameters();

        Assert.NotEqual(before, RecordedTensor.Numbers(conv.weight));
    }

    [Theory]
    [InlineData(0, 1, 3, 1, "channels")]
    [InlineData(2, 4, 0, 1, "kernel_size")]
    [InlineData(2, 3, 3, 2, "groups")]
    public void Conv2d_OfImpossibleSizes_SaysWhich(long input, long output, long kernel, long groups, string word)
    {
        ArgumentException refused =
            Assert.Throws<ArgumentException>(() => nn.Conv2d(input, output, kernel, groups: groups));

        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Embedding_New_IsNormalAndItsPaddingRowZero()
    {
        manual_seed(3);
        using Embedding embedding = nn.Embedding(100, 50, padding_idx: -1);
        double[] drawn = RecordedTensor.Numbers(embedding.weight[..99]);

        Assert.InRange(drawn.Average(), -0.06, 0.06);
        Assert.InRange(drawn.Average(value => value * value), 0.9, 1.1);
        Assert.All(RecordedTensor.Numbers(embedding.weight[99]), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Embedding_WithMaxNorm_ScalesTheRowsItUses()
    {
        using Embedding embedding = nn.Embedding(2, 2, max_norm: 1);
        nn.init.constant_(embedding.weight, 3);

        using Tensor found = embedding.call(tensor([1L]));

        Assert.Equal(1, found.norm().item<float>(), 4);
        Assert.Equal(3, embedding.weight[0][0].item<float>());
    }

    [Fact]
    public void Norms_New_HaveScaleOneAndShiftZero()
    {
        using GroupNorm group = nn.GroupNorm(2, 4);
        using LayerNorm layer = nn.LayerNorm([2, 3]);
        using BatchNorm2d batch = nn.BatchNorm2d(4);

        foreach ((Parameter scale, Parameter shift) in new[]
            { (group.weight!, group.bias!), (layer.weight!, layer.bias!), (batch.weight!, batch.bias!) })
        {
            Assert.All(RecordedTensor.Numbers(scale), value => Assert.Equal(1, value));
            Assert.All(RecordedTensor.Numbers(shift), value => Assert.Equal(0, value));
        }
        Assert.Contains("3", Assert.Throws<ArgumentException>(() => nn.GroupNorm(3, 4)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void BatchNorm_InTraining_FollowsMeanAndUnbiasedVariance()
    {
        using BatchNorm2d norm = nn.BatchNorm2d(1, momentum: 0.25, dtype: ScalarType.Float64);
        Tensor input = tensor([1.0, 2.0, 3.0, 6.0]).reshape(2, 1, 1, 2);

        double[] normalized = RecordedTensor.Numbers(norm.call(input));

        Assert.Equal(0, normalized.Sum(), 10);
        Assert.Equal(0.25 * 3, norm.running_mean!.item<double>(), 12);
        Assert.Equal(0.75 + 0.25 * (14.0 / 3), norm.running_var!.item<double>(), 12);
        Assert.Equal(1, norm.num_batches_tracked!.item<long>());

        norm.eval();
        double mean = norm.running_mean!.item<double>(), variance = norm.running_var!.item<double>();
        Assert.Equal((1 - mean) / Math.Sqrt(variance + 1e-5), RecordedTensor.Numbers(norm.call(input))[0], 10);

        norm.reset_parameters();
        Assert.Equal(0, norm.running_mean!.item<double>());
        Assert.Equal(1, norm.running_var!.item<double>());
        norm.reset_running_stats();
        Assert.Equal(0, norm.num_batches_tracked!.item<long>());
        Assert.Contains("[3]", Assert.Throws<ArgumentException>(() => norm.call(zeros(3))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void BatchNorm_WithoutTracking_UsesTheBatchAlways()
    {
        using BatchNorm2d norm = nn.BatchNorm2d(1, affine: false, track_running_stats: false);
        norm.eval();

        Assert.Equal(0, norm.call(tensor([1f, 3f]).reshape(2, 1, 1, 1)).sum().item<float>(), 5);
        Assert.Empty(norm.state_dict());
    }

    [Fact]
    public void Dropout_TrainingAndNot_DropsAndPasses()
    {
        using Dropout dropout = nn.Dropout(0.5);
        Assert.Contains(0.0, RecordedTensor.Numbers(dropout.call(ones(100))));

        dropout.eval();
        Assert.DoesNotContain(0.0, RecordedTensor.Numbers(dropout.call(ones(100))));
    }

    [Fact]
    public void InPlaceActivations_Called_GiveBackTheirInput()
    {
        nn.Module<Tensor, Tensor>[] modules =
        [
            nn.SiLU(true), nn.GELU(true), nn.ReLU(true), nn.Mish(true), nn.Sigmoid(true), nn.Tanh(true),
            nn.LeakyReLU(inplace: true), nn.ELU(inplace: true),
        ];
        foreach (nn.Module<Tensor, Tensor> module in modules)
        {
            Tensor input = tensor([-1.0, 2.0]);
            Assert.Same(input, module.call(input));
            Assert.NotEqual(-1, input[0].item<double>());
        }
    }

    [Fact]
    public void Interpolate_ByContradictoryOptions_SaysWhich()
    {
        Tensor image = zeros(1, 1, 2, 2);

        Assert.Throws<ArgumentException>(() => nn.functional.interpolate(image));
        Assert.Throws<ArgumentException>(() => nn.functional.interpolate(image, [2, 2], [1.0]));
        Assert.Throws<ArgumentException>(() => nn.functional.interpolate(image, [2, 2], align_corners: true));
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => nn.functional.interpolate(image, [2, 2], mode: InterpolationMode.Linear));
        Assert.Contains("Linear", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertUniform(Tensor drawn, double bound, double slack)
    {
        double[] numbers = RecordedTensor.Numbers(drawn);
        Assert.InRange(numbers.Max(), bound * (1 - slack), bound * (1 + 1e-6));
        Assert.InRange(numbers.Min(), -bound * (1 + 1e-6), -bound * (1 - slack));
    }
}
