using Diffusion.Sdk.Imaging.Png;
using Xunit.Sdk;

namespace Diffusion.Sdk.Imaging.Tests.Shared;

public sealed class SnapshotTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("snapshots-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Match_NoSnapshotYet_WritesReceivedAndSaysHowToAccept()
    {
        var error = Assert.Throws<XunitException>(() => Match("loss 0.5\n"));
        string received = Path.Combine(_folder, "SomeTests.Some_Test_Works.received.txt");
        Assert.Contains($"mv '{received}' '{received.Replace("received", "verified")}'", error.Message);
        File.Move(received, received.Replace("received", "verified"));
        Match("loss 0.5");
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("loss 0.5001, 3 steps", 1e-3, true)]
    [InlineData("loss 0.51, 3 steps", 1e-3, false)]
    [InlineData("loss 0.5, 4 steps", 1e-3, false)]
    [InlineData("cost 0.5, 3 steps", 1e-3, false)]
    [InlineData("loss 5e-1, 3 steps", 0, true)]
    [InlineData("loss 0.5, 3 steps\nmore", 0, false)]
    public void CompareText_NumbersAndWords_KeepsToTheTolerance(string actual, double tolerance, bool equal) =>
        Assert.Equal(equal, Snapshot.CompareText("loss 0.5, 3 steps", actual, tolerance) is null);

    [Fact]
    public void CompareText_Difference_ShowsTheLine() =>
        Assert.Contains(
            "line 2 differs (tolerance 0):\n  expected: b 2\n  received: b 3",
            Snapshot.CompareText("a 1\nb 2", "a 1\nb 3", 0));

    [Fact]
    public void ComparePictures_OtherSizeOrContent_SaysWhat()
    {
        byte[] white = Grey(20, 20, _ => 255);
        Assert.Null(Snapshot.ComparePictures(white, Grey(20, 20, i => i % 20 == 0 ? (byte)250 : (byte)255)));
        Assert.Contains("is 21 x 20 pixels, expected 20 x 20", Snapshot.ComparePictures(white, Grey(21, 20, _ => 255)));
        Assert.Contains("differ by", Snapshot.ComparePictures(white, Grey(20, 20, _ => 250))); // everywhere a little
        byte[] spot = Grey(20, 20, i => i is > 7 and < 15 or > 27 and < 35 ? (byte)0 : (byte)255);
        Assert.Contains("at (8, 0) by", Snapshot.ComparePictures(white, spot));
    }

    [Fact]
    public void ComparePictures_MarksMovedOrMissing_TellsThemApart()
    {
        byte[] Picture(string title, string? label, float shift)
        {
            using var canvas = new Canvas(300, 200);
            new LinePlot { Title = title, XLabel = label, XRange = (0, 100) }.Add(null, [shift, 3, 1]).Draw(canvas, new(shift, 0, 300, 200));
            using var stream = new MemoryStream();
            PngEncoder.Encode(stream, 300, 200, canvas.ToRgba());
            return stream.ToArray();
        }
        byte[] expected = Picture("title", "step", 0);
        Assert.Null(Snapshot.ComparePictures(expected, Picture("title", "step", 0.3f)));
        Assert.NotNull(Snapshot.ComparePictures(expected, Picture("title", null, 0)));
        Assert.NotNull(Snapshot.ComparePictures(expected, Picture("other", "step", 0)));
    }

    private void Match(string text) => Snapshot.Match(text, file: Path.Combine(_folder, "SomeTests.cs"), method: "Some_Test_Works");

    private static byte[] Grey(int width, int height, Func<int, byte> value)
    {
        using var stream = new MemoryStream();
        PngEncoder.Encode(stream, width, height,
            [.. Enumerable.Range(0, width * height).SelectMany(i => new byte[] { value(i), value(i), value(i), 255 })]);
        return stream.ToArray();
    }
}
