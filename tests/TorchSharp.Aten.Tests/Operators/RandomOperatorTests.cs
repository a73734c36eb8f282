using TorchSharp.Aten.Tests.Recorded;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

// The numbers themselves may change between libtorch's releases: laws and seeds are what is promised.
public class RandomOperatorTests : TensorTest
{
    private const int Many = 20_000;

    [Fact]
    public void Rand_EveryOverload_IsUniform()
    {
        AssertShapes(rand(2), rand(2, 3), rand(2, 3, 4), rand(2, 3, 4, 5), rand([2, 3, 4, 5, 6]));
        AssertMoments(rand(Many), 0.5, Math.Sqrt(1.0 / 12));
        AssertMoments(rand_like(zeros(Many)), 0.5, Math.Sqrt(1.0 / 12));
        AssertMoments(zeros(Many).rand_like(ScalarType.Float64), 0.5, Math.Sqrt(1.0 / 12));
        AssertMoments(zeros(Many).uniform_(-1, 3), 1, 4 / Math.Sqrt(12));
    }

    [Fact]
    public void Randn_EveryOverload_IsNormal()
    {
        AssertShapes(randn(2), randn(2, 3), randn(2, 3, 4), randn(2, 3, 4, 5), randn([2, 3, 4, 5, 6]));
        AssertMoments(randn(Many), 0, 1);
        AssertMoments(randn_like(zeros(Many)), 0, 1);
        AssertMoments(zeros(Many).randn_like(), 0, 1);
        AssertMoments(zeros(Many).normal_(2, 3), 2, 3);
    }

    [Fact]
    public void Randint_BothOverloads_StayInRangeAndReachIt()
    {
        Assert.Equal([0, 1, 2], randint(3, [Many]).data<long>().ToArray().Distinct().Order());
        Assert.Equal([-2, -1, 0], randint(-2, 1, [Many]).data<long>().ToArray().Distinct().Order());
    }

    [Fact]
    public void Randperm_OfTen_IsAPermutation() =>
        Assert.Equal(Enumerable.Range(0, 10).Select(k => (long)k), randperm(10).data<long>().ToArray().Order());

    [Fact]
    public void Bernoulli_WithAProbability_HasThatMean()
    {
        AssertMoments(bernoulli(full(Many, (Scalar)0.3)), 0.3, Math.Sqrt(0.3 * 0.7));
        AssertMoments(full(Many, (Scalar)0.8).bernoulli(), 0.8, Math.Sqrt(0.8 * 0.2));
    }

    [Fact]
    public void Multinomial_WithWeights_DrawsInProportion()
    {
        Tensor weights = tensor([1.0, 0.0, 3.0]);

        double[] drawn = RecordedTensor.Numbers(multinomial(weights, Many, replacement: true));

        Assert.Equal([0, 2], drawn.Distinct().Order());
        Assert.InRange(drawn.Count(k => k == 2) / (double)Many, 0.73, 0.77);
        Assert.Equal(2, weights.multinomial(2).NumberOfElements);
    }

    [Fact]
    public void ManualSeed_Twice_GivesTheSameNumbers()
    {
        manual_seed(7);
        double[] first = RecordedTensor.Numbers(randn(5));
        manual_seed(7);

        Assert.Equal(first, RecordedTensor.Numbers(randn(5)));
    }

    [Fact]
    public void Generator_OfItsOwn_IsApartFromTheDefault()
    {
        using var generator = new Generator(3);
        using var twin = new Generator(3);
        double[] expected = RecordedTensor.Numbers(randn(5, generator: generator));
        rand(100);

        Assert.Equal(expected, RecordedTensor.Numbers(randn(5, generator: twin)));
        Assert.Equal(
            RecordedTensor.Numbers(zeros(4).uniform_(0, 1, generator)),
            RecordedTensor.Numbers(zeros(4).uniform_(0, 1, twin)));
    }

    [Fact]
    public void Dropout_InTraining_ZeroesAndScales()
    {
        double[] kept = RecordedTensor.Numbers(nn.functional.dropout(ones(Many), 0.25, training: true));

        Assert.Equal([0, 4.0 / 3],
            kept.Distinct().Order().Select(value => Math.Round(value, 6) is 1.333333 ? 4.0 / 3 : value));
        Assert.InRange(kept.Count(value => value == 0) / (double)Many, 0.23, 0.27);
    }

    [Fact]
    public void Dropout_InPlace_ChangesItsInput()
    {
        Tensor input = ones(1000);

        Tensor result = nn.functional.dropout(input, 0.5, inplace: true);

        Assert.Same(input, result);
        Assert.Contains(0.0, RecordedTensor.Numbers(input));
    }

    private static void AssertShapes(params Tensor[] made)
    {
        for (int k = 0; k < made.Length; k++)
        {
            Assert.Equal(Enumerable.Range(2, k + 1).Select(size => (long)size), made[k].shape);
        }
    }

    // Six standard errors of the mean; the deviation within 5%.
    private static void AssertMoments(Tensor drawn, double mean, double deviation)
    {
        double[] numbers = RecordedTensor.Numbers(drawn);
        double average = numbers.Average();
        double spread = Math.Sqrt(numbers.Average(number => (number - average) * (number - average)));
        Assert.InRange(average, mean - 6 * deviation / Math.Sqrt(Many), mean + 6 * deviation / Math.Sqrt(Many));
        Assert.InRange(spread, deviation * 0.95, deviation * 1.05);
    }
}
