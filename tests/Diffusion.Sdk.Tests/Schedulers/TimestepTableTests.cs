using Diffusion.Sdk.Schedulers;
using FsCheck;
using FsCheck.Fluent;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>The corrected schedules, and the faults of diffusers that they correct.</summary>
public class TimestepTableTests
{
    [Fact]
    public void SetTimesteps_AnySpacing_IsDescendingInRangeAndAsLongAsAsked() => Prop.ForAll(
        Gen.Choose(1, 1100).Zip(Gen.Choose(1, 1100)).Zip(Gen.Choose(0, 1100)).ToArbitrary(),
        input =>
        {
            ((int trained, int steps), int offset) = (input.Item1, input.Item2);
            steps = Math.Min(steps, trained);
            return Enum.GetValues<TimestepSpacing>().All(spacing =>
            {
                long[] timesteps = Timesteps(trained, steps, spacing, offset % trained);
                return timesteps.Length == steps
                    && timesteps[0] < trained
                    && timesteps[^1] >= 0
                    && timesteps.Zip(timesteps.Skip(1)).All(pair => pair.First > pair.Second);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void SetTimesteps_AsManyAsTrained_IsEveryTimestep()
    {
        foreach (TimestepSpacing spacing in Enum.GetValues<TimestepSpacing>())
        {
            Assert.Equal(Enumerable.Range(0, 50).Reverse().Select(t => (long)t), Timesteps(50, 50, spacing));
        }
    }

    [Theory]
    [InlineData(1000, 61)]
    [InlineData(1000, 103)]
    [InlineData(200, 29)]
    public void SetTimesteps_TrailingWithRoundedStride_CorrectedHasNoEntryMinusOne(int trained, int steps)
    {
        long[] faulty = Timesteps(trained, steps, TimestepSpacing.Trailing, compatibility: SchedulerCompatibility.Diffusers);
        long[] corrected = Timesteps(trained, steps, TimestepSpacing.Trailing);

        Assert.Equal(steps + 1, faulty.Length);
        Assert.Equal(-1, faulty[^1]);
        Assert.Equal(faulty[..^1], corrected);
    }

    [Fact]
    public void SetTimesteps_LeadingWithOffsetAndNoRoom_CorrectedStaysInRange()
    {
        Assert.Equal(10, Timesteps(10, 10, TimestepSpacing.Leading, 1, SchedulerCompatibility.Diffusers)[0]);
        Assert.Equal([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], Timesteps(10, 10, TimestepSpacing.Leading, 1));
    }

    [Fact]
    public void SetTimesteps_LeadingWithOffsetAndRoom_AddsTheOffset() =>
        Assert.Equal([751, 501, 251, 1], Timesteps(1000, 4, TimestepSpacing.Leading, 1));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(11)]
    public void SetTimesteps_CountOutOfRange_SaysWhatATrainedModelHas(int steps)
    {
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 10 });

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.SetTimesteps(steps));

        Assert.Contains(
            $"numInferenceSteps is {steps}; expected an integer in [1, 10]: a model trained with 10 timesteps", error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[0], "timesteps is an empty list; expected at least one timestep")]
    [InlineData(new long[] { 10, 3 }, "timesteps[0] is 10; expected an index in [0, 10)")]
    [InlineData(new long[] { 5, 5 }, "timesteps[1] is 5; expected an index in [0, 5), since timesteps descend")]
    [InlineData(new long[] { 5, -1 }, "timesteps[1] is -1; expected an index in [0, 5)")]
    public void SetTimesteps_CustomListNotDescendingInRange_SaysWhichEntry(long[] timesteps, string message)
    {
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 10 });

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.SetTimesteps(timesteps));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SetTimesteps_CustomList_IsCopiedAndForgottenByTheNextCount()
    {
        var scheduler = new DdpmScheduler();
        long[] custom = [900, 500, 20];
        scheduler.SetTimesteps(custom);
        custom[0] = 1;

        Assert.Equal([900, 500, 20], scheduler.Timesteps);
        Assert.Null(scheduler.NumInferenceSteps);
        Assert.Equal([500, 20, -1], scheduler.Timesteps.Select(scheduler.PreviousTimestep));

        scheduler.SetTimesteps(2);
        Assert.Equal([500, 0], scheduler.Timesteps);
        Assert.Equal(2, scheduler.NumInferenceSteps);
    }

    private static long[] Timesteps(
        int trained, int steps, TimestepSpacing spacing, int offset = 0,
        SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
    {
        var config = new DdpmSchedulerConfig { NumTrainTimesteps = trained, TimestepSpacing = spacing, StepsOffset = offset };
        return TimestepTables.Create(config, steps, compatibility);
    }
}
