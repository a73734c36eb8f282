using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

/// <summary>A loss of the caller's own, and the bound by which a variance is learned.</summary>
public sealed class LossTests : TrainingTest
{
    [Fact]
    public void Run_OwnLossThatIsTheBuiltInOne_EndsWithTheSameWeights()
    {
        using MlpDenoiser own = NewDenoiser(), builtIn = NewDenoiser();
        NewTrainer(builtIn, Tiny).Run(Data).Dispose();

        using TrainingResult result = NewTrainer(own, Tiny with { Loss = SquaredError }).Run(Data);

        Assert.Equal(Weights(builtIn), Weights(own), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(Tiny.Steps, result.Losses.Count);

        static Tensor SquaredError(LossInput input)
        {
            Tensor noisy = input.Scheduler.AddNoise(input.Clean, input.Noise, [.. input.Timesteps]);
            return input.Denoiser.call(noisy, input.TimestepTensor, input.Condition).sub(input.Noise).square().mean();
        }
    }

    [Fact]
    public void Normal_OfAStep_IsTheStreamOfThatPurpose()
    {
        float[] drawn = [];
        using MlpDenoiser denoiser = NewDenoiser();
        NewTrainer(denoiser, Tiny with { Steps = 2, Loss = Remember }).Run(Data).Dispose();

        var expected = new float[Tiny.BatchSize * 3];
        new PhiloxStreams(0).Normal(RandomPurpose.LossNoise, 0, Tiny.BatchSize, 1, expected);
        Assert.Equal(expected, drawn);

        Tensor Remember(LossInput input)
        {
            drawn = Values(input.Normal(3));
            return input.Denoiser.call(input.Clean, input.TimestepTensor, null).mean();
        }
    }

    [Fact]
    public void Run_LossThatIsNoLoss_IsRefused()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        Refuses("[16, 2]; expected a scalar", input => input.Clean);
        Refuses("expected a scalar that depends", input => input.Clean.mean());

        void Refuses(string message, Func<LossInput, Tensor> loss) => Assert.Contains(
            message,
            Assert.Throws<InvalidOperationException>(() => NewTrainer(denoiser, Tiny with { Loss = loss }).Run(Data))
                .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bound_AndItsGradient_AreThoseOfTheFormulaByAutograd()
    {
        DdpmScheduler scheduler = Learning(VarianceType.LearnedRange);
        long[] timesteps = [0, 1, 7, 19];
        using var scope = NewDisposeScope();
        Tensor clean = randn(4, 2), noise = randn(4, 2), prediction = randn(4, 2);
        Tensor variance = rand(4, 2).mul(2).sub(1).requires_grad_(true);
        Tensor noisy = scheduler.AddNoise(clean, noise, timesteps);
        Tensor sum = zeros(1);
        for (int i = 0; i < timesteps.Length; i++)
        {
            sum = sum.add(Term(i));
        }
        Tensor expected = sum.mul(0.001 * 20 / 8); // lambda T, the mean over 8 values
        expected.backward();

        (Tensor loss, Tensor gradient) =
            new VarianceBound(scheduler).Of(prediction, variance.detach(), noisy, clean, timesteps);

        Assert.Equal(expected.item<float>(), loss.item<float>(), 1e-3f * Math.Abs(expected.item<float>()));
        Assert.True(allclose(variance.grad!, gradient, 1e-3, 1e-5));

        // Nichol and Dhariwal 2021, eq. 15 and the KL divergence of two Gaussians.
        Tensor Term(int i)
        {
            DdpmCoefficients c = scheduler.CoefficientsAt(timesteps[i]);
            double small = Math.Log(timesteps[i] == 0 ? scheduler.CoefficientsAt(1).SmallVariance : c.SmallVariance);
            Tensor fraction = variance[i].add(1).div(2);
            Tensor log = fraction.mul(Math.Log(c.LargeVariance)).add(fraction.neg().add(1).mul(small));
            Tensor original = noisy[i].mul(c.SampleToOriginal).add(prediction[i].mul(c.OutputToOriginal));
            Tensor distance = clean[i].sub(original).mul(c.OriginalToMean).square();
            Tensor term = timesteps[i] == 0
                ? log.add(Math.Log(2 * Math.PI)).add(distance.div(log.exp()))
                : log.sub(small).sub(1).add(log.neg().add(small).exp()).add(distance.div(log.exp()));
            return term.div(2).sum();
        }
    }

    [Fact]
    public void Run_LearnedVariance_IsSmallForAPointAndLargeForNoise()
    {
        // beta~ is right for a single point, where the output is -1, beta for standard normal data, where it is 1.
        float point = Learned(TrainingData.FromPoints(new float[,] { { 0, 0 } }));
        float normal = Learned(TrainingData.FromPoints(
            new GaussianMixture([new(1, [0, 0], new double[,] { { 1, 0 }, { 0, 1 } })]).Sample(1000, seed: 1)));
        Assert.True(point < normal - 0.3f, $"{point} for a point, {normal} for noise");

        static float Learned(TrainingData data)
        {
            using var denoiser = new MlpDenoiser(TinyConfig with { Width = 32, LearnsVariance = true });
            TrainingOptions options = Tiny with { Steps = 1500, DataCheck = DataCheck.Off, BatchSize = 64 };
            new DiffusionTrainer(denoiser, Learning(VarianceType.LearnedRange), options).Run(data).Dispose();
            using var scope = NewDisposeScope();
            using var withoutGradients = no_grad();
            return denoiser.call(zeros(1, 2), ones(1, ScalarType.Int64), null).narrow(1, 2, 2).mean().item<float>();
        }
    }

    [Fact]
    public void Run_VarianceThatCannotBeLearned_IsRefused()
    {
        using MlpDenoiser plain = NewDenoiser(), learning = new(TinyConfig with { LearnsVariance = true });
        Assert.Contains("expected that of the batch with twice the channels", Assert.Throws<InvalidOperationException>(
            () => new DiffusionTrainer(plain, Learning(VarianceType.LearnedRange), Tiny).Run(Data)).Message);
        Assert.Contains("expected LearnedRange", Assert.Throws<ArgumentException>(
            () => new DiffusionTrainer(learning, Learning(VarianceType.Learned), Tiny).Run(Data)).Message);
    }

    private static DdpmScheduler Learning(VarianceType variance) => new(new DdpmSchedulerConfig
    {
        NumTrainTimesteps = 20, VarianceType = variance, ClipSample = false,
    });
}
