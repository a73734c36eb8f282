using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>What <see cref="SchedulerCompatibility.Corrected"/> corrects; who owns tensors; types.</summary>
public class DdpmSchedulerTests : TensorTest
{
    [Theory]
    [InlineData(TimestepSpacing.Linspace, 9)]
    [InlineData(TimestepSpacing.Trailing, 7)]
    [InlineData(TimestepSpacing.Leading, 7)]
    public void PreviousTimestep_StrideDoesNotDivide_CorrectedIsTheNextOfTheSchedule(TimestepSpacing spacing, int steps)
    {
        var config = new DdpmSchedulerConfig { TimestepSpacing = spacing };
        DdpmScheduler corrected = Build(config, steps);
        DdpmScheduler faulty = Build(config, steps, SchedulerCompatibility.Diffusers);

        long[] next = [.. corrected.Timesteps.Skip(1), -1];
        Assert.Equal(next, corrected.Timesteps.Select(corrected.PreviousTimestep));
        Assert.All(faulty.Timesteps, t => Assert.Equal(t - 1000 / steps, faulty.PreviousTimestep(t)));
    }

    [Theory]
    [InlineData(VarianceType.FixedSmall)]
    [InlineData(VarianceType.FixedLarge)]
    public void Step_LastTimestepAboveZero_CorrectedReturnsX0WithoutNoise(VarianceType variance)
    {
        var config = new DdpmSchedulerConfig { TimestepSpacing = TimestepSpacing.Trailing, VarianceType = variance };
        DdpmScheduler scheduler = Build(config, 4);
        long last = scheduler.Timesteps[^1];
        Assert.Equal(249, last);
        Assert.Equal([true, true, true, false], scheduler.Timesteps.Select(scheduler.NeedsNoise));
        Assert.True(Build(config, 4, SchedulerCompatibility.Diffusers).NeedsNoise(last));

        SchedulerOutput output = scheduler.Step(full([2, 3], 0.3), last, full([2, 3], 0.1));

        Assert.Equal(output.PredOriginalSample.data<float>().ToArray(), output.PrevSample.data<float>().ToArray());
    }

    [Fact]
    public void Step_FixedLargeLog_CorrectedIsFixedLargeAndDiffusersIsNaN()
    {
        Tensor output = full([3], 0.2), sample = full([3], 0.5), noise = full([3], 1.5);
        float[] Step(VarianceType type, SchedulerCompatibility compatibility)
        {
            DdpmScheduler scheduler = Build(new DdpmSchedulerConfig { VarianceType = type }, 10, compatibility);
            return scheduler.Step(output, 500, sample, noise).PrevSample.data<float>().ToArray();
        }

        Assert.Equal(
            Step(VarianceType.FixedLarge, SchedulerCompatibility.Corrected),
            Step(VarianceType.FixedLargeLog, SchedulerCompatibility.Corrected));
        Assert.All(Step(VarianceType.FixedLargeLog, SchedulerCompatibility.Diffusers), value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Step_TrailingsEntryMinusOne_DiffusersReadsTheLastRowAsPythonDoes()
    {
        DdpmScheduler scheduler = Build(
            new DdpmSchedulerConfig { TimestepSpacing = TimestepSpacing.Trailing }, 61, SchedulerCompatibility.Diffusers);

        Assert.Equal(-1, scheduler.Timesteps[^1]);
        Assert.Equal(
            DdpmCoefficients.At(scheduler.AlphasCumprod, 999, -17, PredictionType.Epsilon), scheduler.CoefficientsAt(-1));
        Assert.False(scheduler.NeedsNoise(-1));
    }

    [Fact]
    public void Step_LearnedVarianceBelowZero_CorrectedCountsItAsZero()
    {
        var config = new DdpmSchedulerConfig { VarianceType = VarianceType.Learned };
        Tensor output = cat([full([1, 2], 0.2), full([1, 2], -0.5)], 1);
        Tensor sample = full([1, 2], 0.5), noise = ones(1, 2);

        float[] corrected = Build(config, 10).Step(output, 500, sample, noise).PrevSample.data<float>().ToArray();
        float[] faulty = Build(config, 10, SchedulerCompatibility.Diffusers)
            .Step(output, 500, sample, noise).PrevSample.data<float>().ToArray();

        Assert.All(corrected, value => Assert.True(float.IsFinite(value)));
        Assert.All(faulty, value => Assert.True(float.IsNaN(value)));
    }

    [Fact]
    public void Step_EpsilonAtZeroSignal_SaysWhyItCannotBe()
    {
        var config = new DdpmSchedulerConfig { RescaleBetasZeroSnr = true, TimestepSpacing = TimestepSpacing.Trailing };
        DdpmScheduler scheduler = Build(config, 10);

        var error = Assert.Throws<InvalidOperationException>(() => scheduler.Step(ones(2), 999, ones(2), ones(2)));

        Assert.Contains("At timestep 999 alpha_bar is 0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-12)]
    [InlineData(ScalarType.Float32, 1e-6)]
    [InlineData(ScalarType.BFloat16, 0.03)]
    public void Step_AnyFloatType_KeepsItAndTheValue(ScalarType type, double tolerance)
    {
        DdpmScheduler scheduler = Build(new DdpmSchedulerConfig { Thresholding = true, SampleMaxValue = 2 }, 10);
        DdpmCoefficients c = scheduler.CoefficientsAt(500);
        double original = 0.25 * c.OutputToOriginal + 0.5 * c.SampleToOriginal;

        SchedulerOutput output = scheduler.Step(
            full([2, 3], 0.25, dtype: type), 500, full([2, 3], 0.5, dtype: type), full([2, 3], 1.5, dtype: type));

        double limited = original / Math.Max(1, Math.Min(2, Math.Abs(original)));
        double expected = limited * c.OriginalToMean + 0.5 * c.SampleToMean + 1.5 * Math.Sqrt(c.SmallVariance);
        Assert.Equal(type, output.PrevSample.dtype);
        Assert.Equal(type, output.PredOriginalSample.dtype);
        Assert.Equal(limited, output.PredOriginalSample[0, 0].to_type(ScalarType.Float64).item<double>(), tolerance);
        Assert.Equal(expected, output.PrevSample[0, 0].to_type(ScalarType.Float64).item<double>(), tolerance);
    }

    [Theory]
    [InlineData(VarianceType.FixedSmall, false)]
    [InlineData(VarianceType.FixedLarge, true)]
    [InlineData(VarianceType.LearnedRange, false)]
    public void StepInPlace_AnyKind_IsStep(VarianceType variance, bool clip)
    {
        DdpmScheduler scheduler = Build(new DdpmSchedulerConfig { VarianceType = variance, ClipSample = clip }, 10);
        Tensor output = linspace(-1, 1, 2 * 4 * (scheduler.LearnsVariance ? 2 : 1)).reshape(2, -1);
        Tensor sample = linspace(-2, 2, 8).reshape(2, 4), noise = linspace(1, -1, 8).reshape(2, 4);
        float[] expected = scheduler.Step(output, 700, sample, noise).PrevSample.data<float>().ToArray();

        scheduler.StepInPlace(output, 700, sample, noise);

        float[] actual = sample.data<float>().ToArray();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Step_Tensors_AreTwoNewOnesThatTheCallerDisposes()
    {
        DdpmScheduler scheduler = Build(new DdpmSchedulerConfig { Thresholding = true }, 10);
        Tensor output = ones(2, 3), sample = ones(2, 3), noise = ones(2, 3);
        long before = Tensor.TotalCount;

        SchedulerOutput step = scheduler.Step(output, 500, sample, noise);
        Assert.Equal(before + 2, Tensor.TotalCount);
        step.Dispose();
        Assert.Equal(before, Tensor.TotalCount);

        scheduler.StepInPlace(output, 500, sample, noise);
        scheduler.AddNoise(sample, noise, [3, 5]).Dispose();
        scheduler.GetVelocity(sample, noise, [3]).Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Fresh_AnyState_HasTheConfigAndAScheduleOfItsOwn()
    {
        DdpmScheduler scheduler = Build(new DdpmSchedulerConfig { NumTrainTimesteps = 100 }, 5, SchedulerCompatibility.Diffusers);

        Scheduler fresh = scheduler.Fresh();
        fresh.SetTimesteps(10);

        Assert.Equal(5, scheduler.Timesteps.Count);
        Assert.Equal(10, fresh.Timesteps.Count);
        Assert.Same(scheduler.Config, fresh.Config);
        Assert.Equal(SchedulerCompatibility.Diffusers, fresh.Compatibility);
        Assert.Equal(100, scheduler.Fresh().Timesteps.Count);
    }

    [Fact]
    public void FromConfig_DdpmConfig_IsTakenAsItIs()
    {
        var config = new DdpmSchedulerConfig { NumTrainTimesteps = 12 };

        Assert.Same(config, DdpmScheduler.FromConfig(config).Config);
        Assert.IsType<DdpmScheduler>(config.CreateScheduler());
    }

    [Fact]
    public void Defaults_NewScheduler_AreThoseOfDiffusers()
    {
        var scheduler = new DdpmScheduler();

        Assert.Equal(SchedulerCompatibility.Corrected, scheduler.Compatibility);
        Assert.Equal(1, scheduler.InitNoiseSigma);
        Assert.Equal(999, scheduler.Timesteps[0]);
        Assert.Equal(1000, scheduler.Timesteps.Count);
        Tensor sample = ones(2);
        Assert.Same(sample, scheduler.ScaleModelInput(sample, 3));
    }

    private static DdpmScheduler Build(
        DdpmSchedulerConfig config, int steps, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
    {
        var scheduler = new DdpmScheduler(config, compatibility);
        scheduler.SetTimesteps(steps);
        return scheduler;
    }
}
