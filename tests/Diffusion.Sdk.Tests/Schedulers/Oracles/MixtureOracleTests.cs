using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>The sampler with the exact score of the tutorial's mixture in place of a network.</summary>
public class MixtureOracleTests : TensorTest
{
    private const int Count = 10_000;

    [Fact]
    public void StepInPlace_ExactScoreAllTimesteps_IsAsNearToTheTruthAsTheTruthItself()
    {
        double[] floors = [.. Enumerable.Range(0, 8).Select(i =>
            MixtureOracle.SlicedWasserstein(MixtureOracle.Draw(Count, 100 + 2 * i), MixtureOracle.Draw(Count, 101 + 2 * i)))];

        double distance = MixtureOracle.SlicedWasserstein(Sample(new DdpmScheduler(Config())), MixtureOracle.Draw(Count, 99));

        double mean = floors.Average();
        double deviation = Math.Sqrt(floors.Average(floor => (floor - mean) * (floor - mean)));
        Assert.InRange(distance, 0, mean + 2 * deviation);
    }

    [Fact]
    public void StepInPlace_WithoutItsNoise_IsFarFromTheTruth()
    {
        var quiet = new DdpmScheduler(Config())
        {
            Rule = (table, t, s, prediction) => DdpmCoefficients.At(table, t, s, prediction) with { LargeVariance = 0 },
        };
        quiet.SetTimesteps(100);

        Assert.True(MixtureOracle.SlicedWasserstein(Sample(quiet), MixtureOracle.Draw(Count, 99)) > 0.3);
    }

    private static DdpmSchedulerConfig Config() => new() { ClipSample = false, VarianceType = VarianceType.FixedLarge };

    private static float[,] Sample(DdpmScheduler scheduler)
    {
        var random = new PhiloxStreams(5);
        var buffer = new float[2 * Count];
        random.Normal(RandomPurpose.InitialNoise, 0, Count, 0, buffer);
        Tensor sample = tensor(buffer, [Count, 2]);
        for (int i = 0; i < scheduler.Timesteps.Count; i++)
        {
            using var scope = NewDisposeScope();
            long timestep = scheduler.Timesteps[i];
            Tensor output = MixtureOracle.Noise(sample, scheduler.AlphasCumprod[(int)timestep]);
            Tensor? noise = null;
            if (scheduler.NeedsNoise(timestep))
            {
                random.Normal(RandomPurpose.StepNoise, 0, Count, i, buffer);
                noise = tensor(buffer, [Count, 2]);
            }
            scheduler.StepInPlace(output, timestep, sample, noise);
        }
        var points = new float[Count, 2];
        Buffer.BlockCopy(sample.data<float>().ToArray(), 0, points, 0, sizeof(float) * points.Length);
        return points;
    }
}
