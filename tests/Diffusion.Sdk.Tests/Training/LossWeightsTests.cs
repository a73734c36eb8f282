using System.Text.Json;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;

namespace Diffusion.Sdk.Tests.Training;

[Collection(GoldenCases.Name)]
public class LossWeightsTests
{
    [Fact]
    public void SignalToNoiseAndMinSnr_RecordedTimesteps_AreTheRecordedOnes()
    {
        GoldenCase golden = GoldenCase.Open("training/snr");
        JsonElement[] entries = [.. golden.Json.GetProperty("entries").EnumerateArray()];
        Assert.Equal(3, entries.Length);

        foreach (JsonElement entry in entries)
        {
            var scheduler = new DdpmScheduler(DdpmSchedulerConfig.FromJson(entry.GetProperty("scheduler").GetRawText()));
            double[] ratios = [.. golden.Integers(entry.GetProperty("timesteps").GetString()!).Select(scheduler.SignalToNoise)];

            golden.AssertClose(entry.GetProperty("snr").GetString()!, Floats(ratios));
            golden.AssertClose(entry.GetProperty("sample_weight").GetString()!, Floats(ratios));
            foreach (JsonElement weights in entry.GetProperty("weights").EnumerateArray())
            {
                double gamma = weights.GetProperty("gamma").GetDouble();
                golden.AssertClose(
                    weights.GetProperty("epsilon").GetString()!,
                    Floats(ratios.Select(ratio => LossWeights.MinSnr(ratio, gamma, PredictionType.Epsilon))));
                golden.AssertClose(
                    weights.GetProperty("v_prediction").GetString()!,
                    Floats(ratios.Select(ratio => LossWeights.MinSnr(ratio, gamma, PredictionType.VPrediction))));
            }
        }
    }

    [Theory]
    [InlineData(PredictionType.Epsilon, 1)]
    [InlineData(PredictionType.VPrediction, 0)]
    [InlineData(PredictionType.Sample, 0)]
    public void MinSnr_NoSignal_IsTheLimit(PredictionType prediction, double expected) =>
        Assert.Equal(expected, LossWeights.MinSnr(0, 5, prediction));

    [Theory]
    [InlineData(PredictionType.Epsilon, 0.5)]
    [InlineData(PredictionType.VPrediction, 5.0 / 11)]
    [InlineData(PredictionType.Sample, 5)]
    public void MinSnr_AboveGamma_IsCutOff(PredictionType prediction, double expected) =>
        Assert.Equal(expected, LossWeights.MinSnr(10, 5, prediction), 1e-12);

    [Theory]
    [InlineData(-1, 5, "signalToNoise is -1; expected a finite number of at least 0")]
    [InlineData(double.NaN, 5, "signalToNoise is NaN; expected a finite number of at least 0")]
    [InlineData(1, 0, "gamma is 0; expected a finite number above 0")]
    public void MinSnr_NumberOutOfRange_SaysWhich(double ratio, double gamma, string message)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => LossWeights.MinSnr(ratio, gamma, PredictionType.Epsilon));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static float[] Floats(IEnumerable<double> values) => [.. values.Select(value => (float)value)];
}
