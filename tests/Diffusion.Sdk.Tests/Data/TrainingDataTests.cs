using System.Numerics;
using Diffusion.Sdk.Data;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Data;

public sealed class TrainingDataTests : TensorTest
{
    [Fact]
    public void FromPoints_EveryForm_HoldsTheSameValues()
    {
        float[] expected = [1, 2, 3, 4, 5, 6];
        TrainingData[] forms =
        [
            TrainingData.FromPoints(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }),
            TrainingData.FromPoints([new float[] { 1, 2 }, [3, 4], [5, 6]]),
            TrainingData.FromPoints([new Vector2(1, 2), new(3, 4), new(5, 6)]),
            TrainingData.FromValues(expected, 2),
        ];

        Assert.All(forms, data =>
        {
            Assert.Equal(3, data.Count);
            Assert.Equal([2], data.SampleShape);
            Assert.Equal(2, data.ValuesPerSample);
            Assert.Equal(expected, data.Values.ToArray());
        });
    }

    [Fact]
    public void FromValues_ChangedAfterwards_KeepsItsOwn()
    {
        float[] values = [1, 2];
        TrainingData data = TrainingData.FromValues(values, 1);

        values[0] = 7;

        Assert.Equal([1f, 2f], data.Values.ToArray());
    }

    [Fact]
    public void GetBatch_Images_HasTheSamplesInOrder()
    {
        TrainingData data = TrainingData.FromValues([.. Enumerable.Range(0, 24).Select(i => (float)i)], 1, 2, 3);

        using Tensor batch = data.GetBatch([3, 0, 3]);

        Assert.Equal([3L, 1, 2, 3], batch.shape);
        Assert.Equal(
            [18f, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 18, 19, 20, 21, 22, 23], batch.data<float>().ToArray());
    }

    [Fact]
    public void Statistics_KnownValues_AreTheirMeanDeviationAndRange()
    {
        DataStatistics statistics = TrainingData.FromPoints(new float[,] { { 1, -10 }, { 3, 0 }, { 5, 10 } }).Statistics;

        Assert.Equal([3.0, 0.0], statistics.Mean);
        Assert.Equal(Math.Sqrt(8.0 / 3), statistics.StandardDeviation[0], 1e-12);
        Assert.Equal(Math.Sqrt(200.0 / 3), statistics.StandardDeviation[1], 1e-12);
        Assert.Equal((-10f, 10f), (statistics.Minimum, statistics.Maximum));
    }

    [Fact]
    public void Values_DataNotInMemory_AreReadWholeOnce()
    {
        var data = new Squares();

        Assert.Equal([0f, 0, 1, -1, 4, -4], data.Values.ToArray());
        Assert.Equal(data.Values, data.Values);
        Assert.Equal(3, data.Reads);
        Assert.Equal([5.0 / 3, -5.0 / 3], data.Statistics.Mean);
    }

    [Fact]
    public void FromPoints_WrongInput_SaysWhatAndWhere()
    {
        AssertError("Sample 1 holds NaN at position 0; all numbers must be finite.",
            () => TrainingData.FromPoints(new float[,] { { 1, 2 }, { float.NaN, 4 } }));
        AssertError("Sample 0 holds -Infinity at position 1; all numbers must be finite.",
            () => TrainingData.FromValues([1, float.NegativeInfinity], 2));
        AssertError("There are no samples; expected at least 1.", () => TrainingData.FromPoints(new float[0, 2]));
        AssertError(
            "There are no samples; expected at least 1.", () => TrainingData.FromPoints(Array.Empty<Vector2>()));
        AssertError(
            "There are no samples; expected at least 1.", () => TrainingData.FromPoints(Array.Empty<float[]>()));
        AssertError(
            "Point 2 has 3 numbers, but point 0 has 2.", () => TrainingData.FromPoints([[1, 2], [3, 4], [5, 6, 7]]));
        AssertError(
            "5 numbers are no whole number of samples of shape [2], which have 2.",
            () => TrainingData.FromValues(new float[5], 2));
        AssertError(
            "A sample has shape [2, 0]; expected sizes of at least 1.",
            () => TrainingData.FromValues(new float[4], 2, 0));
        AssertError(
            "A sample has shape []; expected sizes of at least 1.", () => TrainingData.FromValues(new float[4]));
        AssertError(
            "A sample has shape [0]; expected sizes of at least 1.", () => TrainingData.FromPoints(new float[2, 0]));
    }

    [Fact]
    public void CopyBatch_WrongIndexOrRoom_SaysWhich()
    {
        TrainingData data = TrainingData.FromValues(new float[6], 2);

        AssertError("There is no sample 3 of 3.", () => data.CopyBatch([0, 3], new float[4]));
        AssertError("There is no sample -1 of 3.", () => data.CopyBatch([-1], new float[2]));
        AssertError("2 samples have 4 numbers, but there is room for 5.", () => data.CopyBatch([0, 1], new float[5]));
    }

    private static void AssertError(string message, Action action) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private sealed class Squares() : TrainingData(3, [2])
    {
        public int Reads { get; private set; }

        protected override void CopySample(int index, Span<float> destination)
        {
            Reads++;
            (destination[0], destination[1]) = (index * index, -index * index);
        }
    }
}
