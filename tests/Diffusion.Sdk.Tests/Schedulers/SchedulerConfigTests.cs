using Diffusion.Sdk.Schedulers;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Tests.Schedulers;

public class SchedulerConfigTests
{
    private static readonly DdpmSchedulerConfig s_default = new();

    [Fact]
    public void FromJson_EmptyObject_IsTheDefaults() => Assert.Equal(s_default, DdpmSchedulerConfig.FromJson("{}"));

    [Fact]
    public void ToJson_AnyConfig_ReadsBackAsTheSameConfigAndTheSameText() => Prop.ForAll(
        Configs().ToArbitrary(),
        config =>
        {
            DdpmSchedulerConfig read = DdpmSchedulerConfig.FromJson(config.ToJson());
            return read with { TrainedBetas = null } == config with { TrainedBetas = null }
                && (read.TrainedBetas ?? []).SequenceEqual(config.TrainedBetas ?? [])
                && read.ToJson() == config.ToJson();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void FromJson_ConfigOfAnotherClass_KeepsItsKeysAndLogsThem()
    {
        const string json = """
            {"_class_name": "DDIMScheduler", "clip_sample": false, "set_alpha_to_one": true, "extra": {"a": [1, 2.50], "b": "\u00e9"}}
            """;
        var log = new ListLogger();

        DdpmSchedulerConfig config = DdpmSchedulerConfig.FromJson(json, log);
        string written = config.ToJson();

        Assert.False(config.ClipSample);
        Assert.Equal("Warning: The config for DDPMScheduler has keys that it does not know: set_alpha_to_one, extra. " +
            "They have no effect and are kept when it is saved.", Assert.Single(log.Lines));
        Assert.Contains("\"_class_name\": \"DDPMScheduler\"", written, StringComparison.Ordinal);
        Assert.Contains("  \"set_alpha_to_one\": true,\n", written, StringComparison.Ordinal);
        Assert.Contains("""
              "extra": {
                "a": [
                  1,
                  2.50
                ],
                "b": "\u00e9"
              },
            """.ReplaceLineEndings("\n"), written, StringComparison.Ordinal);
        Assert.Equal(written, (config with { ClipSample = false }).ToJson());
    }

    [Fact]
    public void FromJson_KnownKeysOnly_LogsNothing()
    {
        var log = new ListLogger();

        SchedulerConfig.FromJson(s_default.ToJson(), log);

        Assert.Empty(log.Lines);
    }

    [Theory]
    [InlineData(1e-5, "1e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.5, "0.5")]
    [InlineData(1.25e-7, "1.25e-07")]
    public void ToJson_SmallNumbers_AreWrittenAsPythonDoes(double start, string expected) =>
        Assert.Contains(
            $"\"beta_start\": {expected},", (s_default with { BetaStart = start, BetaEnd = 0.9 }).ToJson(), StringComparison.Ordinal);

    [Theory]
    [InlineData(3, "3.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1.5e300, "1.5e+300")]
    public void ToJson_LargeNumbers_AreWrittenAsPythonDoes(double range, string expected) =>
        Assert.Contains(
            $"\"clip_sample_range\": {expected},", (s_default with { ClipSampleRange = range }).ToJson(), StringComparison.Ordinal);

    public static TheoryData<string, string> Unreadable => new()
    {
        { "[1]", "scheduler config, line 1, column 1: an object must begin with '{'" },
        { "{", "scheduler config, line 1, column 2: a key in quotes is expected" },
        { """{"beta_start": "a"}""", "\"beta_start\" is \"a\"; expected a number" },
        { """{"num_train_timesteps": 10.5}""", "\"num_train_timesteps\" is 10.5; expected a whole number" },
        { """{"clip_sample": 1}""", "\"clip_sample\" is 1; expected true or false" },
        { """{"beta_schedule": "exp"}""", "\"beta_schedule\" is \"exp\"; expected one of \"linear\", \"scaled_linear\"" },
        { """{"prediction_type": 3}""", "\"prediction_type\" is 3; expected one of \"epsilon\", \"sample\", \"v_prediction\"" },
        { """{"variance_type": "other"}""", "\"variance_type\" is \"other\"; expected one of \"fixed_small\"" },
        { """{"timestep_spacing": null}""", "\"timestep_spacing\" is null; expected one of \"leading\"" },
        { """{"trained_betas": [0.1, "x"]}""", "\"trained_betas[1]\" is \"x\"; expected a number" },
        { """{"beta_end": 1.5}""", "BetaEnd is 1.5; expected a number in (0, 1)" },
    };

    [Theory, MemberData(nameof(Unreadable))]
    public void FromJson_ValueOfWrongTypeOrRange_SaysKeyValueAndExpectation(string json, string message) =>
        Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => DdpmSchedulerConfig.FromJson(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{}", "\"_class_name\" is missing")]
    [InlineData("""{"_class_name": "Foo"}""", "\"_class_name\" is \"Foo\"; expected one of \"DDPMScheduler\"")]
    public void SchedulerFromJson_ClassNotKnown_SaysWhichAre(string json, string message) =>
        Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => SchedulerConfig.FromJson(json)).Message, StringComparison.Ordinal);

    public static TheoryData<DdpmSchedulerConfig, string> OutOfRange => new()
    {
        { s_default with { NumTrainTimesteps = 0 }, "NumTrainTimesteps is 0; expected an integer of at least 1" },
        { s_default with { NumTrainTimesteps = 1, RescaleBetasZeroSnr = true }, "NumTrainTimesteps is 1; expected an integer of at least 2" },
        { s_default with { BetaStart = 0 }, "BetaStart is 0; expected a number in (0, 1)" },
        { s_default with { BetaStart = double.NaN }, "BetaStart is NaN; expected a number in (0, 1)" },
        { s_default with { BetaEnd = 1 }, "BetaEnd is 1; expected a number in (0, 1)" },
        { s_default with { BetaStart = 0.5 }, "BetaStart is 0.5; expected at most BetaEnd = 0.02" },
        { s_default with { TrainedBetas = [0.1] }, "TrainedBetas is a list of 1 numbers; expected NumTrainTimesteps = 1000 numbers" },
        { s_default with { NumTrainTimesteps = 2, TrainedBetas = [1, 0.1] }, "TrainedBetas[0] is 1; expected a number in (0, 1)" },
        { s_default with { NumTrainTimesteps = 2, TrainedBetas = [0.1, 1.1] }, "TrainedBetas[1] is 1.1; expected a number in (0, 1]" },
        { s_default with { StepsOffset = -1 }, "StepsOffset is -1; expected an integer in [0, NumTrainTimesteps = 1000)" },
        { s_default with { StepsOffset = 1000 }, "StepsOffset is 1000; expected an integer in [0, NumTrainTimesteps = 1000)" },
        { s_default with { BetaSchedule = (BetaSchedule)9 }, "BetaSchedule is 9; expected one of Linear, ScaledLinear" },
        { s_default with { PredictionType = (PredictionType)9 }, "PredictionType is 9; expected one of Epsilon" },
        { s_default with { TimestepSpacing = (TimestepSpacing)9 }, "TimestepSpacing is 9; expected one of Leading" },
        { s_default with { VarianceType = (VarianceType)9 }, "VarianceType is 9; expected one of FixedSmall" },
        { s_default with { ClipSampleRange = 0 }, "ClipSampleRange is 0; expected a finite number above 0" },
        { s_default with { DynamicThresholdingRatio = 1.1 }, "DynamicThresholdingRatio is 1.1; expected a number in [0, 1]" },
        { s_default with { Thresholding = true, SampleMaxValue = 0.5 }, "SampleMaxValue is 0.5; expected a finite number of at least 1" },
        { s_default with { DiffusersVersion = "" }, "DiffusersVersion is ; expected a version" },
    };

    [Theory, MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void Constructor_ValueOutOfRange_SaysNameValueAndExpectation(DdpmSchedulerConfig config, string message)
    {
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => new DdpmScheduler(config)).Message, StringComparison.Ordinal);
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(config.ToJson).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_UnknownCompatibility_IsRefused()
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => new DdpmScheduler(s_default, (SchedulerCompatibility)5));

        Assert.Contains("compatibility is 5; expected one of Corrected, Diffusers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainedBetas_ListChangedLater_ConfigStays()
    {
        var betas = new List<double> { 0.1, 0.2 };
        var config = new DdpmSchedulerConfig { NumTrainTimesteps = 2, TrainedBetas = betas };
        betas[0] = 0.9;

        Assert.Equal([0.1, 0.2], config.TrainedBetas!);
    }

    [Fact]
    public void SavePretrained_ThenFromPretrained_IsTheSameScheduler()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var saved = new DdpmScheduler(s_default with { PredictionType = PredictionType.VPrediction, NumTrainTimesteps = 50 });
            saved.SavePretrained(folder);

            Scheduler loaded = Scheduler.FromPretrained(folder, SchedulerCompatibility.Diffusers);

            Assert.Equal(saved.Config, Assert.IsType<DdpmScheduler>(loaded).Config);
            Assert.Equal(SchedulerCompatibility.Diffusers, loaded.Compatibility);
            Assert.Equal(SchedulerCompatibility.Corrected, DdpmScheduler.FromPretrained(folder).Compatibility);
            Assert.Equal(saved.Config.ToJson(), File.ReadAllText(Path.Combine(folder, "scheduler_config.json")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Gen<DdpmSchedulerConfig> Configs() =>
        from trained in Gen.Choose(2, 30)
        from choices in Gen.Choose(0, 1_000_000)
        from start in Gen.Choose(1, 500_000)
        from more in Gen.Choose(0, 400_000)
        select new DdpmSchedulerConfig
        {
            NumTrainTimesteps = trained,
            BetaStart = start / 1e6,
            BetaEnd = (start + more) / 1e6,
            BetaSchedule = (BetaSchedule)(choices % 4),
            TrainedBetas = choices % 3 == 0 ? [.. Enumerable.Range(1, trained).Select(t => t / (trained + 1.0))] : null,
            PredictionType = (PredictionType)(choices / 4 % 3),
            TimestepSpacing = (TimestepSpacing)(choices / 12 % 3),
            VarianceType = (VarianceType)(choices / 36 % 6),
            StepsOffset = choices % trained,
            RescaleBetasZeroSnr = choices / 7 % 2 == 0,
            ClipSample = choices / 11 % 2 == 0,
            Thresholding = choices / 13 % 2 == 0,
            ClipSampleRange = 1 + more / 1e5,
            DynamicThresholdingRatio = more / 1e6,
            SampleMaxValue = 1 + start / 1e3,
        };
}
