using System.Drawing;
using System.Numerics;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Imaging.Tests;

public sealed class SamplesExtensionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("imaging-").FullName;

    private string Target => Path.Combine(_folder, "picture.png");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)] // a histogram
    [InlineData(2)] // a scatter plot
    public void SavePng_Points_DrawsAPlot(int dimensions)
    {
        new Samples([.. Enumerable.Range(0, 20).Select(i => i * 0.1f)], [20 / dimensions, dimensions]).SavePng(Target, "some samples");
        (int width, int height, byte[] rgba) = PngReader.Read(File.ReadAllBytes(Target));
        Assert.True(width > 400 && height > 400);
        Assert.Contains(Enumerable.Range(0, width * height), i => rgba[4 * i] < 50 && rgba[4 * i + 2] > 150); // the first series is blue
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void SavePng_OneImage_SavesItPixelByPixel(int channels)
    {
        Samples samples = Sketches.Discs(1, channels);
        samples.SavePng(Target);
        (int width, int height, byte[] rgba) = PngReader.Read(File.ReadAllBytes(Target));
        PixelImage image = samples.ToImages()[0];
        Assert.Equal((image.Width, image.Height), (width, height));
        for (int i = 0; i < width * height; i++)
        {
            Assert.Equal(image.Pixels[i * channels], rgba[4 * i]);
            Assert.Equal(image.Pixels[i * channels + channels - 1], rgba[4 * i + 2]);
        }
    }

    [Fact]
    public void SaveGrid_Images_PutsEachInItsCell()
    {
        // Two white and one black image of 2 x 2 in two columns: a pixel becomes 28 x 28.
        new Samples([1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1], [3, 1, 2, 2]).SaveGrid(Target, columns: 2);
        (int width, int height, byte[] rgba) = PngReader.Read(File.ReadAllBytes(Target));
        Assert.Equal((10 + 56 + 2 + 56 + 10, 10 + 56 + 2 + 56 + 10), (width, height));
        int black = Enumerable.Range(0, width * height).Count(i => rgba[4 * i] == 0);
        Assert.Equal(56 * 56, black);
        Assert.Equal(0, rgba[4 * (10 * width + 68)]); // top left corner of the black image
        Assert.Equal(255, rgba[4 * (10 * width + 67)]);
    }

    [Fact]
    public void SaveAnimation_LongTrajectory_ShowsEvenlySpacedFramesFirstAndLastAmongThem()
    {
        Samples[] trajectory = [.. Enumerable.Range(0, 101).Select(i => new Samples([i, 0, 0, i], [2, 2]))];
        List<int> titled = [];
        trajectory.SaveAnimation(Target, index => { titled.Add(index); return $"t = {index}"; }, maxFrames: 5);
        Assert.Equal([0, 25, 50, 75, 100], titled);
        List<(byte[] Rgba, int Milliseconds)> frames = PngReader.ReadFrames(File.ReadAllBytes(Target));
        Assert.Equal([80, 80, 80, 80, 2000], frames.Select(frame => frame.Milliseconds));
        Assert.Equal(5, frames.Select(frame => Convert.ToHexString(frame.Rgba)).Distinct().Count());
    }

    [Fact]
    public void SaveAnimation_Images_ComposesToEveryGrid()
    {
        // The same disc, its negative, and it again.
        Samples[] trajectory = [.. Enumerable.Range(0, 3).Select(i =>
            new Samples([.. Sketches.Discs(1).Values.ToArray().Select(value => i == 1 ? -value : value)], [1, 1, 12, 12]))];
        trajectory.SaveAnimation(Target);
        List<(byte[] Rgba, int Milliseconds)> frames = PngReader.ReadFrames(File.ReadAllBytes(Target));
        for (int i = 0; i < 3; i++)
        {
            using Canvas canvas = new ImageGrid(trajectory[i].ToImages()) { Title = $"{i} of 2" }.Render();
            Assert.Equal(canvas.ToRgba(), frames[i].Rgba);
        }
    }

    [Fact]
    public void Animation_FramesOfOtherData_KeepTheAxesStill()
    {
        ScatterPlot Frame(Vector2 other) => new ScatterPlot { Width = 200, Height = 200 }
            .Add(null, [Vector2.One], Color.Red)
            .Add(null, [other], Color.Blue);
        new Animation([Frame(new(0, 0)), Frame(new(9, 5))]).Save(Target);
        static int FirstRed(byte[] rgba) => Enumerable.Range(0, 200 * 200).First(i => rgba[4 * i] > rgba[4 * i + 1] + 60);
        List<(byte[] Rgba, int Milliseconds)> frames = PngReader.ReadFrames(File.ReadAllBytes(Target));
        Assert.Equal(FirstRed(frames[0].Rgba), FirstRed(frames[1].Rgba));
        Assert.NotEqual(frames[0].Rgba, frames[1].Rgba);
    }

    [Fact]
    public void SaveAnimation_OneStep_IsOneFrame()
    {
        new[] { new Samples([0, 0], [1, 2]) }.SaveAnimation(Target);
        Assert.Single(PngReader.ReadFrames(File.ReadAllBytes(Target)));
    }

    [Fact]
    public void Save_SamplesWithoutAPicture_SaysWhichShapesHaveOne()
    {
        var solid = new Samples(new float[6], [2, 3]);
        AssertThrows<InvalidOperationException>("the shape is [2, 3]", () => solid.SavePng(Target));
        AssertThrows<InvalidOperationException>("[N, 1, H, W] or [N, 3, H, W]", () => solid.SaveGrid(Target));
        var notANumber = new Samples([float.NaN, 0], [1, 2]);
        AssertThrows<ArgumentException>("has (NaN, 0) at index 0", () => notANumber.SavePng(Target));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void SaveAnimation_BadTrajectory_SaysWhatIsWrong()
    {
        AssertThrows<ArgumentException>("The trajectory is empty", () => Array.Empty<Samples>().SaveAnimation(Target));
        Samples[] shapes = [new([0, 0], [1, 2]), new([0, 0, 0, 0], [2, 2])];
        AssertThrows<ArgumentException>("index 0 is [1, 2] and index 1 is [2, 2]", () => shapes.SaveAnimation(Target));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Animation_BadFrames_SaysWhatIsWrong()
    {
        Plot small = new ScatterPlot { Width = 200, Height = 200 }.Add([Vector2.Zero]);
        Plot large = new ScatterPlot { Width = 300, Height = 200 }.Add([Vector2.Zero]);
        AssertThrows<ArgumentException>("at least one frame", () => _ = new Animation([]));
        AssertThrows<ArgumentException>(
            "frame 0 is 200 x 200 pixels and frame 1 is 300 x 200", () => _ = new Animation([small, large]));
        var tooLong = new Animation([small]) { FrameTime = TimeSpan.FromMinutes(2) };
        AssertThrows<InvalidOperationException>(
            "FrameTime has to be between 1 and 65535 milliseconds, but is 120000", () => tooLong.Save(Target));
    }

    private static void AssertThrows<T>(string words, Action action)
        where T : Exception =>
        Assert.Contains(words, Assert.Throws<T>(action).Message);
}
