using TorchSharp.Aten.Tests.Recorded;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.init;

namespace TorchSharp.Aten.Tests.Operators;

public class InitTests : TensorTest
{
    [Theory]
    [InlineData(NonlinearityType.Linear, 0, 1)]
    [InlineData(NonlinearityType.Conv2D, 0, 1)]
    [InlineData(NonlinearityType.Sigmoid, 0, 1)]
    [InlineData(NonlinearityType.Tanh, 0, 5.0 / 3)]
    [InlineData(NonlinearityType.ReLU, 0, 1.4142135623730951)]
    [InlineData(NonlinearityType.LeakyReLU, 0.2, 1.3867504905630728)]
    public void Gain_OfEachNonlinearity_IsPyTorchs(NonlinearityType nonlinearity, double slope, double expected) =>
        Assert.Equal(expected, calculate_gain(nonlinearity, slope), 12);

    [Fact]
    public void Fans_OfAConvolution_CountTheKernel()
    {
        Assert.Equal((27L, 45L), CalculateFanInAndFanOut(zeros(5, 3, 3, 3)));
        Assert.Contains("[4]", Assert.Throws<ArgumentException>(() => CalculateFanInAndFanOut(zeros(4))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_OnAParameter_FillItOutsideAutograd()
    {
        using var parameter = new TorchSharp.Modules.Parameter(empty(3));

        Assert.All(RecordedTensor.Numbers(zeros_(parameter)), value => Assert.Equal(0, value));
        Assert.All(RecordedTensor.Numbers(ones_(parameter)), value => Assert.Equal(1, value));
        Assert.All(RecordedTensor.Numbers(constant_(parameter, 2.5)), value => Assert.Equal(2.5, value));
        Assert.True(parameter.requires_grad && parameter.is_leaf);
    }

    [Fact]
    public void RandomFills_OnAWideMatrix_HaveTheirDeviation()
    {
        Tensor weight = zeros(300, 200);

        AssertLaw(init.uniform_(weight, -2, 4), 1, 6 / Math.Sqrt(12), 3);
        AssertLaw(init.normal_(weight, 3, 2), 3, 2, double.PositiveInfinity);
        AssertLaw(xavier_uniform_(weight, 2), 0, 2 * Math.Sqrt(2.0 / 500), 2 * Math.Sqrt(6.0 / 500));
        AssertLaw(xavier_normal_(weight), 0, Math.Sqrt(2.0 / 500), double.PositiveInfinity);
        AssertLaw(kaiming_uniform_(weight, Math.Sqrt(5)), 0, Math.Sqrt(1.0 / 600), Math.Sqrt(1.0 / 200));
        AssertLaw(
            kaiming_normal_(weight, 0, FanInOut.FanOut, NonlinearityType.ReLU), 0, Math.Sqrt(2.0 / 300),
            double.PositiveInfinity);
    }

    [Fact]
    public void RandomFills_WithAGenerator_DependOnItAlone()
    {
        using var first = new Generator(5);
        using var second = new Generator(5);

        Assert.Equal(
            RecordedTensor.Numbers(init.normal_(zeros(4), generator: first)),
            RecordedTensor.Numbers(init.normal_(zeros(4), generator: second)));
    }

    private static void AssertLaw(Tensor drawn, double mean, double deviation, double bound)
    {
        double[] numbers = RecordedTensor.Numbers(drawn);
        Assert.InRange(numbers.Average(), mean - 0.05 * deviation, mean + 0.05 * deviation);
        double spread = Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean)));
        Assert.InRange(spread, deviation * 0.97, deviation * 1.03);
        Assert.All(numbers, number => Assert.True(Math.Abs(number - mean) <= bound));
    }
}
