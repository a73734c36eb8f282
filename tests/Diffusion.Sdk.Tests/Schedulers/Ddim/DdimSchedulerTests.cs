using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>What <see cref="SchedulerCompatibility.Corrected"/> corrects; closed forms; who owns tensors.</summary>
public class DdimSchedulerTests : TensorTest
{
    private static readonly DdimSchedulerConfig s_config = new() { ClipSample = false };

    [Theory]
    [InlineData(TimestepSpacing.Linspace, 9)]
    [InlineData(TimestepSpacing.Trailing, 7)]
    [InlineData(TimestepSpacing.Leading, 7)]
    public void PreviousTimestep_StrideDoesNotDivide_CorrectedIsTheNextOfTheSchedule(TimestepSpacing spacing, int steps)
    {
        DdimSchedulerConfig config = s_config with { TimestepSpacing = spacing };
        DdimScheduler corrected = Build(config, steps);
        DdimScheduler faulty = Build(config, steps, compatibility: SchedulerCompatibility.Diffusers);

        long[] next = [.. corrected.Timesteps.Skip(1), -1];
        Assert.Equal(next, corrected.Timesteps.Select(corrected.PreviousTimestep));
        Assert.All(faulty.Timesteps, t => Assert.Equal(t - 1000 / steps, faulty.PreviousTimestep(t)));
    }

    [Theory]
    [InlineData(TimestepSpacing.Linspace, 9)]
    [InlineData(TimestepSpacing.Trailing, 7)]
    public void Step_StrideDoesNotDivide_CorrectedArrivesAtTheNoiseOfTheNextTimestep(TimestepSpacing spacing, int steps)
    {
        // A sample that is sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) epsilon stays so, if epsilon is predicted rightly.
        DdimSchedulerConfig config = s_config with { TimestepSpacing = spacing };
        DdimScheduler corrected = Build(config, steps);
        DdimScheduler faulty = Build(config, steps, compatibility: SchedulerCompatibility.Diffusers);
        Tensor original = full([3], 0.7, dtype: ScalarType.Float64), noise = full([3], -1.1, dtype: ScalarType.Float64);
        long from = corrected.Timesteps[2], to = corrected.Timesteps[3];
        Tensor sample = corrected.AddNoise(original, noise, [from]);
        Tensor expected = corrected.AddNoise(original, noise, [to]);

        double right = Distance(expected, corrected.Step(noise, from, sample).PrevSample);
        double wrong = Distance(expected, faulty.Step(noise, from, sample).PrevSample);

        Assert.InRange(right, 0, 1e-12);
        Assert.InRange(wrong, 1e-4, 1);
    }

    [Fact]
    public void NeedsNoise_LastTimestepAboveZero_CorrectedIsQuietAndDiffusersIsNot()
    {
        DdimSchedulerConfig config = s_config with { TimestepSpacing = TimestepSpacing.Trailing };
        DdimScheduler corrected = Build(config, 4, eta: 0.5);
        DdimScheduler faulty = Build(config, 4, eta: 0.5, compatibility: SchedulerCompatibility.Diffusers);

        Assert.Equal(249, corrected.Timesteps[^1]);
        Assert.Equal([true, true, true, false], corrected.Timesteps.Select(corrected.NeedsNoise));
        Assert.Equal([true, true, true, true], faulty.Timesteps.Select(faulty.NeedsNoise));
        Assert.DoesNotContain(true, Build(config, 4).Timesteps.Select(Build(config, 4).NeedsNoise));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_LastTimestepAboveZero_CorrectedEndsAtTheFinalNoiseLevelWithoutNoise(bool toOne)
    {
        DdimScheduler scheduler = Build(
            s_config with { TimestepSpacing = TimestepSpacing.Trailing, SetAlphaToOne = toOne }, 4, eta: 1);
        double final = toOne ? 1 : scheduler.AlphasCumprod[0];
        Tensor output = full([2, 3], 0.3, dtype: ScalarType.Float64);
        Tensor sample = full([2, 3], 0.1, dtype: ScalarType.Float64);

        SchedulerOutput step = scheduler.Step(output, 249, sample);

        Assert.Equal(final, scheduler.FinalAlphaCumprod);
        Tensor expected = step.PredOriginalSample * Math.Sqrt(final) + output * Math.Sqrt(1 - final);
        Assert.InRange(Distance(expected, step.PrevSample), 0, 1e-12);
    }

    [Fact]
    public void Step_TrailingsEntryMinusOne_DiffusersReadsTheLastRowAsPythonDoes()
    {
        DdimSchedulerConfig config =
            s_config with { NumTrainTimesteps = 200, TimestepSpacing = TimestepSpacing.Trailing };
        DdimScheduler faulty = Build(config, 29, compatibility: SchedulerCompatibility.Diffusers);

        Assert.Equal(-1, faulty.Timesteps[^1]);
        Assert.Equal(Math.Sqrt(faulty.AlphasCumprod[199]), -faulty.CoefficientsAt(-1).Implied.OutputToNoise
            * Math.Sqrt(1 - (double)faulty.AlphasCumprod[199]), 1e-12);
        Assert.Equal(29, Build(config, 29).Timesteps.Count);
        Assert.True(Build(config, 29).Timesteps[^1] > 0);
    }

    [Fact]
    public void Step_LeadingsTimestepOutOfRange_DiffusersRefusesAndCorrectedHasNone()
    {
        DdimSchedulerConfig config = s_config with { NumTrainTimesteps = 10, StepsOffset = 1 };
        DdimScheduler faulty = Build(config, 10, compatibility: SchedulerCompatibility.Diffusers);
        DdimScheduler corrected = Build(config, 10);

        var error = Assert.ThrowsAny<ArgumentException>(() => faulty.Step(ones(2), faulty.Timesteps[0], ones(2)));
        Assert.Contains("timestep is 10; expected an index in [0, 10)", error.Message, StringComparison.Ordinal);
        Assert.Equal(9, corrected.Timesteps[0]);
        corrected.Step(ones(2), 9, ones(2));
    }

    public static TheoryData<PredictionType, BetaSchedule, bool> Kinds()
    {
        var kinds = new TheoryData<PredictionType, BetaSchedule, bool>();
        foreach (PredictionType prediction in Enum.GetValues<PredictionType>())
        {
            kinds.Add(prediction, BetaSchedule.Linear, false);
            kinds.Add(prediction, BetaSchedule.SquaredCosCapV2, true);
        }
        return kinds;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Step_EtaOne_IsDdpmWithItsSmallVariance(PredictionType prediction, BetaSchedule betas, bool clip)
    {
        var ddpm = new DdpmScheduler(
            new DdpmSchedulerConfig { PredictionType = prediction, BetaSchedule = betas, ClipSample = clip });
        DdimScheduler ddim =
            new(DdimScheduler.FromConfig(ddpm.Config).Config) { Eta = 1, UseClippedModelOutput = true };
        ddpm.SetTimesteps(13);
        ddim.SetTimesteps(13);
        Tensor output = linspace(-1, 1, 8, ScalarType.Float64), sample = linspace(-2, 2, 8, ScalarType.Float64);
        Tensor noise = linspace(1, -2, 8, ScalarType.Float64);

        foreach (long timestep in ddpm.Timesteps)
        {
            SchedulerOutput expected = ddpm.Step(output, timestep, sample, noise);
            SchedulerOutput actual = ddim.Step(output, timestep, sample, noise);

            Assert.InRange(Distance(expected.PrevSample, actual.PrevSample), 0, 1e-9);
            Assert.InRange(Distance(expected.PredOriginalSample, actual.PredOriginalSample), 0, 1e-9);
        }
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e-30)]
    public void Coefficients_EtaOneWithAlmostNoSignal_LoseNoDigits(double from)
    {
        const double to = 1e-3;
        PredictionCoefficients read = PredictionCoefficients.At(from, PredictionType.Sample);

        DdimCoefficients c = DdimCoefficients.At(from, to, read, eta: 1);

        double expected = Math.Sqrt(from / to) * (1 - to);   // to first order in alpha_bar, which is all there is
        Assert.Equal(1, c.NoiseToNext / expected, 1e-6);
        Assert.Equal(1, (c.NoiseToNext * c.NoiseToNext + c.Deviation * c.Deviation) / (1 - to), 1e-12);
    }

    [Fact]
    public void Coefficients_AnyEta_KeepTheVarianceOfTheNoise()
    {
        foreach (double eta in (double[])[0, 0.3, 0.99999999, 1])
        {
            DdimCoefficients c =
                DdimCoefficients.At(0.2, 0.6, PredictionCoefficients.At(0.2, PredictionType.Epsilon), eta);

            Assert.Equal(0.4, c.NoiseToNext * c.NoiseToNext + c.Deviation * c.Deviation, 1e-12);
        }
    }

    [Fact]
    public void Step_UseClippedModelOutput_NoiseFitsTheClippedSample()
    {
        DdimSchedulerConfig config = s_config with { ClipSample = true };
        DdimScheduler plain = Build(config, 10);
        DdimScheduler clipped = plain.Fresh(0, useClippedModelOutput: true);
        clipped.SetTimesteps(10);
        Tensor output = full([2], -3.0, dtype: ScalarType.Float64), sample = full([2], 0.5, dtype: ScalarType.Float64);
        double from = plain.AlphasCumprod[500], to = plain.AlphasCumprod[400];

        double next = clipped.Step(output, 500, sample).PrevSample[0].item<double>();

        double noise = (0.5 - Math.Sqrt(from)) / Math.Sqrt(1 - from);   // x_0 was clipped to 1
        Assert.Equal(Math.Sqrt(to) + Math.Sqrt(1 - to) * noise, next, 1e-12);
        Assert.Equal(
            Math.Sqrt(to) + Math.Sqrt(1 - to) * -3,
            plain.Step(output, 500, sample).PrevSample[0].item<double>(), 1e-12);
    }

    [Fact]
    public void Step_EpsilonAtZeroSignal_SaysWhyItCannotBe()
    {
        DdimScheduler scheduler = Build(
            s_config with { RescaleBetasZeroSnr = true, TimestepSpacing = TimestepSpacing.Trailing }, 10);

        var error = Assert.Throws<InvalidOperationException>(() => scheduler.Step(ones(2), 999, ones(2)));

        Assert.Contains("At timestep 999 alpha_bar is 0", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<PredictionType, double, bool, bool> InPlaceKinds()
    {
        var kinds = new TheoryData<PredictionType, double, bool, bool>();
        foreach (PredictionType prediction in Enum.GetValues<PredictionType>())
        {
            kinds.Add(prediction, 0, false, false);
            kinds.Add(prediction, 0.6, false, true);
            kinds.Add(prediction, 0.6, true, true);
        }
        return kinds;
    }

    [Theory, MemberData(nameof(InPlaceKinds))]
    public void StepInPlace_AnyKind_IsStep(PredictionType prediction, double eta, bool clip, bool clipsOutput)
    {
        DdimScheduler scheduler = Build(s_config with { PredictionType = prediction, ClipSample = clip }, 10)
            .Fresh(eta, clipsOutput);
        scheduler.SetTimesteps(10);
        Tensor output = linspace(-1, 1, 8).reshape(2, 4);
        Tensor sample = linspace(-2, 2, 8).reshape(2, 4), noise = linspace(1, -1, 8).reshape(2, 4);
        Tensor expected = scheduler.Step(output, 700, sample, noise).PrevSample;

        scheduler.StepInPlace(output, 700, sample, noise);

        Assert.InRange(Distance(expected, sample), 0, 2e-6);
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-12)]
    [InlineData(ScalarType.Float32, 1e-6)]
    [InlineData(ScalarType.BFloat16, 0.03)]
    public void Step_AnyFloatType_KeepsItAndTheValue(ScalarType type, double tolerance)
    {
        DdimScheduler scheduler = Build(s_config with { Thresholding = true, SampleMaxValue = 2 }, 10, eta: 0.5);
        DdimCoefficients c = scheduler.CoefficientsAt(500);
        double original = 0.25 * c.Output.OutputToOriginal + 0.5 * c.Output.SampleToOriginal;
        double limited = original / Math.Max(1, Math.Min(2, Math.Abs(original)));

        SchedulerOutput output = scheduler.Step(
            full([2, 3], 0.25, dtype: type), 500, full([2, 3], 0.5, dtype: type), full([2, 3], 1.5, dtype: type));

        double expected = limited * c.OriginalToNext + 0.25 * c.NoiseToNext + 1.5 * c.Deviation;
        Assert.Equal(type, output.PrevSample.dtype);
        Assert.Equal(limited, output.PredOriginalSample[0, 0].to_type(ScalarType.Float64).item<double>(), tolerance);
        Assert.Equal(expected, output.PrevSample[0, 0].to_type(ScalarType.Float64).item<double>(), tolerance);
    }

    [Fact]
    public void Step_Tensors_AreTwoNewOnesThatTheCallerDisposes()
    {
        DdimScheduler scheduler = Build(s_config with { Thresholding = true }, 10, eta: 1);
        Tensor output = ones(2, 3), sample = ones(2, 3), noise = ones(2, 3);
        long before = Tensor.TotalCount;

        SchedulerOutput step = scheduler.Step(output, 500, sample, noise);
        Assert.Equal(before + 2, Tensor.TotalCount);
        step.Dispose();
        scheduler.StepInPlace(output, 500, sample, noise);

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Eta_OutOfRange_SaysWhatIsExpected(double eta)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => new DdimScheduler { Eta = eta });

        Assert.Contains($"Eta is {eta}; expected a number in [0, 1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_BadInput_SaysWhatIsWrong()
    {
        DdimScheduler scheduler = Build(s_config, 10, eta: 0.5);

        Refuses(() => scheduler.Step(ones(2, 6), 500, ones(2, 3), ones(2, 3)),
            "modelOutput has shape [2, 6]; expected [2, 3], as DDIM learns no variance");
        Refuses(() => scheduler.Step(ones(2), 500, ones(2)),
            "The step at timestep 500 adds noise; expected standard normal");
        Refuses(() => scheduler.Step(ones(2), 501, ones(2), ones(2)),
            "timestep is 501; expected one of the 10 timesteps");
        Refuses(() => scheduler.Step(tensor(new[] { float.NaN }), 500, ones(1), ones(1)), "modelOutput holds NaN");
    }

    [Fact]
    public void Fresh_AnyState_HasConfigAndChoicesAndAScheduleOfItsOwn()
    {
        var scheduler =
            new DdimScheduler(s_config, SchedulerCompatibility.Diffusers) { Eta = 0.2, UseClippedModelOutput = true };
        scheduler.SetTimesteps(5);

        var fresh = Assert.IsType<DdimScheduler>(scheduler.Fresh());

        Assert.Same(scheduler.Config, fresh.Config);
        Assert.Equal((0.2, true, SchedulerCompatibility.Diffusers),
            (fresh.Eta, fresh.UseClippedModelOutput, fresh.Compatibility));
        Assert.Equal(1000, fresh.Timesteps.Count);
    }

    private static DdimScheduler Build(
        DdimSchedulerConfig config, int steps, double eta = 0,
        SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected)
    {
        var scheduler = new DdimScheduler(config, compatibility) { Eta = eta };
        scheduler.SetTimesteps(steps);
        return scheduler;
    }

    private static double Distance(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        return (expected - actual).abs().max().to_type(ScalarType.Float64).item<double>();
    }

    private static void Refuses(Action call, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
}
