using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>The configurations of DDIM and its inverse, and how the classes feed each other.</summary>
public class DdimConfigTests
{
    [Fact]
    public void FromJson_EmptyObject_IsTheDefaultsOfDiffusers()
    {
        DdimSchedulerConfig ddim = DdimSchedulerConfig.FromJson("{}");
        DdimInverseSchedulerConfig inverse = DdimInverseSchedulerConfig.FromJson("{}");

        Assert.Equal(new DdimSchedulerConfig(), ddim);
        Assert.Equal(new DdimInverseSchedulerConfig(), inverse);
        Assert.True(ddim.SetAlphaToOne && ddim.ClipSample && inverse.SetAlphaToOne && inverse.ClipSample);
        Assert.Equal(0, new DdimScheduler().Eta);
        Assert.False(new DdimScheduler().UseClippedModelOutput);
    }

    [Fact]
    public void FromConfig_DdpmConfig_SharesWhatBothHaveAndKeepsTheRest()
    {
        var ddpm = new DdpmSchedulerConfig
        {
            NumTrainTimesteps = 77,
            BetaSchedule = BetaSchedule.SquaredCosCapV2,
            PredictionType = PredictionType.VPrediction,
            ClipSampleRange = 3,
            Thresholding = true,
            SampleMaxValue = 2,
            VarianceType = VarianceType.FixedLarge,
        };

        DdimScheduler ddim = DdimScheduler.FromConfig(ddpm, SchedulerCompatibility.Diffusers);
        DdpmScheduler back = DdpmScheduler.FromConfig(ddim.Config);

        Assert.Equal(SchedulerCompatibility.Diffusers, ddim.Compatibility);
        Assert.Equal(
            (77, BetaSchedule.SquaredCosCapV2, PredictionType.VPrediction, 3.0, true, 2.0),
            (ddim.Config.NumTrainTimesteps, ddim.Config.BetaSchedule, ddim.Config.PredictionType,
                ddim.Config.ClipSampleRange, ddim.Config.Thresholding, ddim.Config.SampleMaxValue));
        Assert.Contains("\"variance_type\": \"fixed_large\"", ddim.Config.ToJson(), StringComparison.Ordinal);
        Assert.Equal(ddpm, back.Config with { UnknownKeys = null });
    }

    [Fact]
    public void FromConfig_ThereAndBack_LosesNothing()
    {
        var ddim = new DdimSchedulerConfig { SetAlphaToOne = false, StepsOffset = 1, Thresholding = true };

        DdpmScheduler ddpm = DdpmScheduler.FromConfig(ddim);
        DdimInverseScheduler inverse = DdimInverseScheduler.FromConfig(ddpm.Config);

        Assert.False(inverse.Config.SetAlphaToOne);
        Assert.Equal(ddim, DdimScheduler.FromConfig(inverse.Config).Config with { UnknownKeys = null });
        Assert.Same(ddim, DdimScheduler.FromConfig(ddim).Config);
        Assert.Same(inverse.Config, DdimInverseScheduler.FromConfig(inverse.Config).Config);
    }

    [Theory]
    [InlineData("""{"set_alpha_to_one": 1}""", "\"set_alpha_to_one\" is 1; expected true or false")]
    [InlineData("""{"clip_sample_range": -1}""", "ClipSampleRange is -1; expected a finite number above 0")]
    [InlineData("""{"thresholding": true, "sample_max_value": 0.5}""",
        "SampleMaxValue is 0.5; expected a finite number of at least 1")]
    public void FromJson_ValueOfWrongTypeOrRange_SaysKeyValueAndExpectation(string json, string message) =>
        Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => DdimSchedulerConfig.FromJson(json)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void SavePretrained_ThenFromPretrained_IsTheSameSchedulerOfTheSameClass()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var ddim = new DdimScheduler(new DdimSchedulerConfig { NumTrainTimesteps = 50, SetAlphaToOne = false });
            ddim.SavePretrained(folder);
            Assert.Equal(ddim.Config, Assert.IsType<DdimScheduler>(Scheduler.FromPretrained(folder)).Config);
            Assert.Equal(ddim.Config, DdimScheduler.FromPretrained(folder).Config);
            Assert.Equal(50, DdpmScheduler.FromPretrained(folder).NumTrainTimesteps);

            var inverse = new DdimInverseScheduler(new DdimInverseSchedulerConfig { NumTrainTimesteps = 60 });
            inverse.SavePretrained(folder);
            Assert.Equal(inverse.Config, Assert.IsType<DdimInverseScheduler>(Scheduler.FromPretrained(folder)).Config);
            Assert.Equal(
                SchedulerCompatibility.Diffusers,
                DdimInverseScheduler.FromPretrained(folder, SchedulerCompatibility.Diffusers).Compatibility);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
