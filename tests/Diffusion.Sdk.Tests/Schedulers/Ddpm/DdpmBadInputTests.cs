using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>Every refused call says the argument, its value and what was expected.</summary>
public class DdpmBadInputTests : TensorTest
{
    private readonly DdpmScheduler _fixed = Build(VarianceType.FixedSmall);
    private readonly DdpmScheduler _learned = Build(VarianceType.LearnedRange);

    [Fact]
    public void Step_OutputOfAnotherShape_SaysBothShapes() => Refuses(
        () => _fixed.Step(ones(2, 4), 50, ones(2, 3), ones(2, 3)),
        "modelOutput has shape [2, 4]; expected [2, 3], as the variance is fixed (FixedSmall)");

    [Fact]
    public void Step_DoubledChannelsForFixedVariance_IsRefused() => Refuses(
        () => _fixed.Step(ones(2, 6, 4), 50, ones(2, 3, 4), ones(2, 3, 4)),
        "modelOutput has shape [2, 6, 4]; expected [2, 3, 4], as the variance is fixed");

    [Fact]
    public void Step_PlainChannelsForLearnedVariance_IsRefused() => Refuses(
        () => _learned.Step(ones(2, 3, 4), 50, ones(2, 3, 4), ones(2, 3, 4)),
        "modelOutput has shape [2, 3, 4]; expected [2, 3, 4] with twice the channels, the second half for the variance (LearnedRange)");

    [Fact]
    public void Step_LearnedVarianceWithoutChannels_IsRefused() => Refuses(
        () => _learned.Step(ones(4), 50, ones(2), ones(2)), "sample has shape [2]; expected at least [N, C]");

    [Fact]
    public void Step_NoNoiseWhereItIsNeeded_IsRefused() => Refuses(
        () => _fixed.Step(ones(2), 50, ones(2)), "The step at timestep 50 adds noise; expected standard normal noise");

    [Fact]
    public void Step_NoiseOfAnotherShape_SaysBothShapes() => Refuses(
        () => _fixed.Step(ones(2), 50, ones(2), ones(3)), "noise has shape [3]; expected the sample's [2]");

    [Fact]
    public void Step_TimestepNotInTheSchedule_SaysTheSchedule() => Refuses(
        () => _fixed.Step(ones(2), 51, ones(2), ones(2)),
        "timestep is 51; expected one of the 10 timesteps of the schedule, from 90 down to 0");

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Step_OutputNotFinite_SaysAtWhichTimestep(float bad) => Refuses(
        () => _fixed.Step(tensor(new[] { 1f, bad }), 50, ones(2), ones(2)),
        "modelOutput holds NaN or infinity at timestep 50");

    [Fact]
    public void StepInPlace_OutputOfAnotherShape_IsRefused() => Refuses(
        () => _fixed.StepInPlace(ones(3), 50, ones(2), ones(2)), "modelOutput has shape [3]; expected [2]");

    [Fact]
    public void Step_OutOfRangeTimestepOfDiffusers_IsRefused()
    {
        var scheduler = new DdpmScheduler(
            new DdpmSchedulerConfig { NumTrainTimesteps = 10, StepsOffset = 1 }, SchedulerCompatibility.Diffusers);
        scheduler.SetTimesteps(10);

        Refuses(() => scheduler.Step(ones(2), scheduler.Timesteps[0], ones(2), ones(2)), "timestep is 10; expected an index in [0, 10)");
    }

    [Fact]
    public void AddNoise_TimestepOutOfRange_IsRefused() => Refuses(
        () => _fixed.AddNoise(ones(2), ones(2), tensor(new long[] { 3, 100 })), "timestep is 100; expected an index in [0, 100)");

    [Fact]
    public void AddNoise_TimestepsOfAnotherCount_IsRefused() => Refuses(
        () => _fixed.AddNoise(ones(4), ones(4), tensor(new long[] { 3, 4 })), "There are 2 timesteps for 4 samples; expected one for each");

    [Fact]
    public void AddNoise_TimestepsNotIntegers_IsRefused() => Refuses(
        () => _fixed.AddNoise(ones(2), ones(2), ones(2)), "timesteps is Float32 [2]; expected Int64 [N]");

    [Theory]
    [InlineData(ScalarType.Int64, ScalarType.Int64)]
    [InlineData(ScalarType.Float32, ScalarType.Float64)]
    public void AddNoise_TypesThatDoNotFit_IsRefused(ScalarType samples, ScalarType noise) => Refuses(
        () => _fixed.AddNoise(ones(2, dtype: samples), ones(2, dtype: noise), [3]),
        $"The samples are {samples} and the noise is {noise}; expected one floating-point type for both");

    [Fact]
    public void GetVelocity_NoiseOfAnotherShape_IsRefused() => Refuses(
        () => _fixed.GetVelocity(ones(2), ones(3), tensor(new long[] { 3 })), "noise has shape [3]; expected that of the samples, [2]");

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public void SignalToNoise_TimestepOutOfRange_IsRefused(long timestep) => Refuses(
        () => _fixed.SignalToNoise(timestep), $"timestep is {timestep}; expected an index in [0, 100)");

    private static DdpmScheduler Build(VarianceType variance)
    {
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 100, VarianceType = variance });
        scheduler.SetTimesteps(10);
        return scheduler;
    }

    private static void Refuses(Action call, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
}
