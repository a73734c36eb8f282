using System.Numerics;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Tests.Pipelines;

public class SamplesTests
{
    [Fact]
    public void Indexer_GivesOneSampleEach()
    {
        var samples = new Samples([1, 2, 3, 4, 5, 6], [3, 2], seed: 9);

        Assert.Equal(3, samples.Count);
        Assert.Equal([3f, 4f], samples[1].ToArray());
        Assert.Equal(9, samples.Seed);
        Assert.Empty(samples.Trajectory);
        Assert.Throws<ArgumentOutOfRangeException>(() => samples[3].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => samples[-1].Length);
    }

    [Theory]
    [InlineData(new[] { 6 })]
    [InlineData(new[] { 2, 2 })]
    [InlineData(new[] { -3, -2 })]
    public void Constructor_ShapeThatDoesNotFit_IsRefused(int[] shape)
    {
        var error = Assert.Throws<ArgumentException>(() => new Samples(new float[6], shape));

        Assert.StartsWith($"shape [{string.Join(", ", shape)}] needs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NoSamples_IsEmpty()
    {
        var samples = new Samples([], [0, 2]);

        Assert.Equal(0, samples.Count);
        Assert.Empty(samples.ToPoints());
        Assert.Throws<ArgumentOutOfRangeException>(() => samples[0].Length);
    }

    [Fact]
    public void ToPoints_Plane_GivesVectors() =>
        Assert.Equal([new Vector2(1, 2), new Vector2(3, 4)], new Samples([1, 2, 3, 4], [2, 2]).ToPoints());

    [Fact]
    public void ToPoints_OtherShape_SaysWhichShape()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new Samples(new float[6], [2, 3]).ToPoints());

        Assert.Equal("Points need samples of shape [N, 2], but the shape is [2, 3].", error.Message);
    }

    [Fact]
    public void ToImages_Colours_AreInterleavedScaledAndClipped()
    {
        // [1, 3, 1, 2]: red, green and blue planes of two pixels.
        PixelImage image = Assert.Single(new Samples([-1, 1, 0, 5, -7, 0.5f], [1, 3, 1, 2]).ToImages());

        Assert.Equal((2, 1, 3), (image.Width, image.Height, image.Channels));
        Assert.Equal([0, 128, 0, 255, 255, 191], image.Pixels.ToArray());
    }

    [Fact]
    public void ToImages_OtherShape_SaysWhichShape()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new Samples(new float[8], [1, 2, 2, 2]).ToImages());

        Assert.Equal(
            "Images need samples of shape [N, 1, H, W] or [N, 3, H, W], but the shape is [1, 2, 2, 2].", error.Message);
    }
}
