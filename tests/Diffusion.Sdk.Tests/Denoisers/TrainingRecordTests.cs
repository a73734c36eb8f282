using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

public sealed class TrainingRecordTests : TensorTest
{
    [Fact]
    public void Json_RoundTrip_KeepsEverything()
    {
        var record = new TrainingRecord
        {
            PredictionType = "v_prediction",
            NumTrainTimesteps = 500,
            Steps = 4000,
            Weights = WeightsKind.Ema,
            HasEma = true,
            Standardization = new Standardization([1, 2], [3, 4]),
        };
        TrainingRecord read = TrainingRecord.FromJson(record.ToJson());
        Assert.Equal([1f, 2f], read.Standardization!.Mean);
        Assert.Equal([3f, 4f], read.Standardization.Scale);
        Assert.Equal(record with { Standardization = null }, read with { Standardization = null });
        Assert.Contains("\"weights\": \"ema\"", record.ToJson());
    }

    [Theory]
    [InlineData("""{ "prediction_type": "epsilon" }""", "num_train_timesteps")]
    [InlineData("""{ "prediction_type": "epsilon", "num_train_timesteps": 0 }""", "expected at least 1")]
    [InlineData("""{ "prediction_type": "epsilon", "num_train_timesteps": 5, "weights": "best" }""", "weights")]
    [InlineData(
        """{ "prediction_type": "sample", "num_train_timesteps": 5, "standardization": { "mean": [0], "scale": [0] } }""",
        "above 0")]
    [InlineData("nonsense", "not valid")]
    public void FromJson_BadText_SaysWhat(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => TrainingRecord.FromJson(json)).Message);

    [Fact]
    public void Standardization_OfPoints_GivesMeanZeroAndDeviationOne()
    {
        float[] points = [1, 10, 3, 10, 5, 10];
        Standardization units = Standardization.Of(points, 3, 2);
        Assert.Equal([3f, 10f], units.Mean);
        Assert.Equal(Math.Sqrt(8.0 / 3), units.Scale[0], 5);
        Assert.Equal(1f, units.Scale[1]); // a dimension that never changes
        Tensor data = tensor(points, [3, 2]);
        Tensor standardized = units.Apply(data);
        Assert.Equal(0, standardized.mean().item<float>(), 5);
        Assert.True(allclose(data, units.Undo(standardized), 1e-5, 1e-5));
    }

    [Fact]
    public void Standardization_OfImages_WorksPerChannel()
    {
        float[] images = [.. Enumerable.Range(0, 2 * 3 * 4).Select(i => (float)i)]; // [2, 3, 2, 2]
        Standardization units = Standardization.Of(images, 2, 3);
        Assert.Equal([7.5f, 11.5f, 15.5f], units.Mean);
        Tensor data = tensor(images, [2, 3, 2, 2]);
        Assert.True(allclose(data, units.Undo(units.Apply(data)), 1e-5, 1e-5));
    }

    [Fact]
    public void Standardization_WrongShape_SaysBoth() => Assert.Contains(
        "2 dimensions, but the samples have shape [4, 3]",
        Assert.Throws<ArgumentException>(() => new Standardization([0, 0], [1, 1]).Apply(zeros([4, 3]))).Message);
}
