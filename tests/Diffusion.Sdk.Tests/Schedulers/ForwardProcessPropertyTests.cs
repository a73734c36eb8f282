using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>Identities of the forward process that hold for every batch.</summary>
public class ForwardProcessPropertyTests : TensorTest
{
    private const int Elements = 6;

    private static readonly DdpmScheduler s_scheduler = new();

    [Fact]
    public void AddNoise_SumsAndMultiples_AreLinear() => Holds((original, noise, timesteps) =>
    {
        Tensor together = s_scheduler.AddNoise(original * 2 + noise, noise * 3 - original, timesteps);
        Tensor apart = s_scheduler.AddNoise(original, noise, timesteps) * 2
            + s_scheduler.AddNoise(noise, zeros_like(noise), timesteps)
            + s_scheduler.AddNoise(zeros_like(noise), noise - original, timesteps);
        return Distance(together, apart);
    });

    [Fact]
    public void AddNoise_UnitVariance_IsPreserved() => Holds((original, _, timesteps) =>
    {
        // The squares of both factors sum to 1: x_0 and noise of variance 1 make x_t of variance 1.
        Tensor signal = s_scheduler.AddNoise(ones_like(original), zeros_like(original), timesteps);
        Tensor spread = s_scheduler.AddNoise(zeros_like(original), ones_like(original), timesteps);
        return Distance(signal * signal + spread * spread, ones_like(original));
    });

    [Fact]
    public void GetVelocity_WithAddNoise_GivesBackBothParts() => Holds((original, noise, timesteps) =>
    {
        Tensor signal = s_scheduler.AddNoise(ones_like(original), zeros_like(original), timesteps);
        Tensor spread = s_scheduler.AddNoise(zeros_like(original), ones_like(original), timesteps);
        Tensor sample = s_scheduler.AddNoise(original, noise, timesteps);
        Tensor velocity = s_scheduler.GetVelocity(original, noise, timesteps);
        // Salimans and Ho 2022, appendix D: a rotation by the angle of the timestep.
        return Math.Max(
            Distance(signal * sample - spread * velocity, original), Distance(spread * sample + signal * velocity, noise));
    });

    [Fact]
    public void AddNoise_OneTimestepForAll_IsThatTimestepForEach() => Holds((original, noise, timesteps) =>
    {
        long first = timesteps[0].item<long>();
        Tensor each = s_scheduler.AddNoise(original, noise, full_like(timesteps, first));
        return Math.Max(
            Distance(s_scheduler.AddNoise(original, noise, [first]), each),
            Distance(s_scheduler.GetVelocity(original, noise, [first]), s_scheduler.GetVelocity(original, noise, full_like(timesteps, first))));
    });

    [Fact]
    public void AddNoise_ImagesAndPoints_UseOneTimestepPerSample()
    {
        long[] timesteps = [0, 500, 999];
        Tensor images = ones(3, 2, 4, 4), none = zeros(3, 2, 4, 4);

        float[] values = s_scheduler.AddNoise(images, none, timesteps).data<float>().ToArray();

        Assert.All(values.Chunk(32).Zip(timesteps), pair => Assert.All(
            pair.First, value => Assert.Equal(Math.Sqrt(s_scheduler.AlphasCumprod[(int)pair.Second]), value, 1e-6)));
    }

    /// <summary>Runs a check on random batches of random timesteps, in float64; it gives an error that must be 0.</summary>
    private static void Holds(Func<Tensor, Tensor, Tensor, double> error) => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(1, 5)).ToArbitrary(),
        input =>
        {
            using var scope = NewDisposeScope();
            (int seed, int count) = input;
            var random = new PhiloxStreams(seed);
            var values = new float[2 * count * Elements];
            random.Normal(RandomPurpose.Data, 0, 2 * count, 0, values);
            var timesteps = new long[count];
            random.Integers(RandomPurpose.Timesteps, 0, count, 0, s_scheduler.NumTrainTimesteps, timesteps);
            Tensor both = tensor(values, [2, count, Elements]).to_type(ScalarType.Float64);
            return error(both[0], both[1], tensor(timesteps)) < 1e-12;
        }).QuickCheckThrowOnFailure();

    private static double Distance(Tensor a, Tensor b) => (a - b).abs().max().item<double>();
}
