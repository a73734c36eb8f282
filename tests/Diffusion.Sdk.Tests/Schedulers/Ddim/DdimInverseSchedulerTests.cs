using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>The way up: schedules, the steps it undoes, and what is corrected.</summary>
public class DdimInverseSchedulerTests : TensorTest
{
    private static readonly DdimSchedulerConfig s_config = new() { ClipSample = false };

    public static TheoryData<TimestepSpacing, int> Schedules => new()
    {
        { TimestepSpacing.Leading, 7 }, { TimestepSpacing.Leading, 1000 }, { TimestepSpacing.Trailing, 61 },
        { TimestepSpacing.Linspace, 9 }, { TimestepSpacing.Linspace, 1 },
    };

    [Theory, MemberData(nameof(Schedules))]
    public void SetTimesteps_AnySpacing_IsTheWayOfDdimUpwards(TimestepSpacing spacing, int steps)
    {
        (DdimScheduler down, DdimInverseScheduler up) =
            Build(s_config with { TimestepSpacing = spacing, StepsOffset = 1 }, steps);

        Assert.Equal(down.Timesteps.Reverse(), up.Timesteps);
        Assert.Equal(steps, up.NumInferenceSteps);
        Assert.Equal([-1, .. up.Timesteps.SkipLast(1)], up.Timesteps.Select(up.PreviousTimestep));
    }

    [Fact]
    public void Timesteps_BeforeSetTimesteps_AreAllUpwards() =>
        Assert.Equal(Enumerable.Range(0, 1000).Select(t => (long)t), new DdimInverseScheduler().Timesteps);

    [Fact]
    public void PreviousTimestep_Diffusers_IsTheFixedStride()
    {
        var faulty = new DdimInverseScheduler(
            new DdimInverseSchedulerConfig { TimestepSpacing = TimestepSpacing.Trailing },
            SchedulerCompatibility.Diffusers);
        faulty.SetTimesteps(7);

        Assert.All(faulty.Timesteps, t => Assert.Equal(t - 142, faulty.PreviousTimestep(t)));
    }

    [Fact]
    public void SetTimesteps_LinspaceUnderDiffusers_IsNotThere()
    {
        var config = new DdimInverseSchedulerConfig { TimestepSpacing = TimestepSpacing.Linspace };
        var faulty = new DdimInverseScheduler(config, SchedulerCompatibility.Diffusers);

        var error = Assert.Throws<NotSupportedException>(() => faulty.SetTimesteps(5));

        Assert.Contains(
            "TimestepSpacing is Linspace; expected Leading or Trailing", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Schedules))]
    public void Step_SameNoisePredicted_IsUndoneByDdim(TimestepSpacing spacing, int steps)
    {
        foreach (bool toOne in (bool[])[true, false])
        {
            (DdimScheduler down, DdimInverseScheduler up) = Build(
                s_config with { TimestepSpacing = spacing, SetAlphaToOne = toOne }, steps);
            Tensor sample = full([2], 0.4, dtype: ScalarType.Float64);
            Tensor noise = full([2], -1.3, dtype: ScalarType.Float64);
            foreach (long timestep in (long[])[up.Timesteps[0], up.Timesteps[^1]])
            {
                Tensor risen = up.Step(noise, timestep, sample).PrevSample;
                Tensor back = down.Step(noise, timestep, risen).PrevSample;

                Assert.Equal(0.4, back[0].item<double>(), 1e-9);
                Assert.NotEqual(0.4, toOne ? risen[0].item<double>() : 0, 1e-3);
            }
        }
    }

    [Fact]
    public void Step_SamplePredictionOfACleanSample_CorrectedIsFiniteAndDiffusersIsNot()
    {
        DdimInverseSchedulerConfig config = new() { ClipSample = false, PredictionType = PredictionType.Sample };
        Tensor output = full([2], 0.3), sample = full([2], 0.5);
        float First(SchedulerCompatibility compatibility)
        {
            var scheduler = new DdimInverseScheduler(config, compatibility);
            scheduler.SetTimesteps(10);
            return scheduler.Step(output, 0, sample).PrevSample[0].item<float>();
        }

        Assert.True(float.IsFinite(First(SchedulerCompatibility.Corrected)));
        Assert.False(float.IsFinite(First(SchedulerCompatibility.Diffusers)));
    }

    [Fact]
    public void Step_OneDenoiserInThreeWaysOfPredicting_CorrectedGoesTheSameWay()
    {
        // What one denoiser says of x at t, as noise, as x_0 and as velocity: Ho et al. eq. 4 holds between them.
        double[] ends = [.. Enum.GetValues<PredictionType>().Select(prediction =>
        {
            DdimInverseScheduler up = Build(s_config with { PredictionType = prediction }, 10).Up;
            double x = 0.8;
            foreach (long timestep in up.Timesteps)
            {
                double alphaBar = up.AlphasCumprod[(int)timestep];
                double signal = Math.Sqrt(alphaBar), spread = Math.Sqrt(1 - alphaBar);
                double noise = 0.9 * x - 0.2, original = (x - spread * noise) / signal;
                double output = prediction switch
                {
                    PredictionType.Epsilon => noise,
                    PredictionType.Sample => original,
                    _ => signal * noise - spread * original,
                };
                using var scope = NewDisposeScope();
                x = up.Step(
                    full([1], output, dtype: ScalarType.Float64), timestep, full([1], x, dtype: ScalarType.Float64))
                    .PrevSample.item<double>();
            }
            return x;
        })];

        Assert.Equal(ends[0], ends[1], 1e-9);
        Assert.Equal(ends[0], ends[2], 1e-9);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StepInPlace_AnyKind_IsStepAndMakesNothing(bool clip)
    {
        foreach (PredictionType prediction in Enum.GetValues<PredictionType>())
        {
            DdimInverseScheduler up = Build(s_config with { PredictionType = prediction, ClipSample = clip }, 10).Up;
            Tensor output = linspace(-1, 1, 8), sample = linspace(-2, 2, 8);
            float[] expected = up.Step(output, 700, sample).PrevSample.data<float>().ToArray();
            long before = Tensor.TotalCount;

            up.StepInPlace(output, 700, sample);

            Assert.Equal(before, Tensor.TotalCount);
            Assert.All(
                expected.Zip(sample.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
            Assert.False(up.NeedsNoise(700));
        }
    }

    [Fact]
    public void Step_BadInput_SaysWhatIsWrong()
    {
        DdimInverseScheduler up = Build(s_config, 10).Up;

        var shape = Assert.ThrowsAny<ArgumentException>(() => up.Step(ones(3), 500, ones(2)));
        var timestep = Assert.ThrowsAny<ArgumentException>(() => up.Step(ones(2), 501, ones(2)));

        Assert.Contains("modelOutput has shape [3]; expected [2]", shape.Message, StringComparison.Ordinal);
        Assert.Contains(
            "the 10 timesteps of the schedule, from 0 up to 900", timestep.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fresh_AnyState_HasTheConfigAndAScheduleOfItsOwn()
    {
        var scheduler = new DdimInverseScheduler(
            new DdimInverseSchedulerConfig { NumTrainTimesteps = 50 }, SchedulerCompatibility.Diffusers);
        scheduler.SetTimesteps(5);

        Scheduler fresh = scheduler.Fresh();

        Assert.Same(scheduler.Config, fresh.Config);
        Assert.Equal(SchedulerCompatibility.Diffusers, fresh.Compatibility);
        Assert.Equal(50, fresh.Timesteps.Count);
        Assert.Equal(0, fresh.Timesteps[0]);
    }

    private static (DdimScheduler Down, DdimInverseScheduler Up) Build(DdimSchedulerConfig config, int steps)
    {
        var down = new DdimScheduler(config);
        DdimInverseScheduler up = DdimInverseScheduler.FromConfig(config);
        down.SetTimesteps(steps);
        up.SetTimesteps(steps);
        return (down, up);
    }
}
