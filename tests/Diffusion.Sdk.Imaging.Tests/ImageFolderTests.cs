using Diffusion.Sdk.Data;
using Diffusion.Sdk.Imaging.Tests.Png;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Imaging.Tests;

public sealed class ImageFolderTests : IDisposable
{
    // Two rows of three pixels.
    private static readonly byte[] s_grey = [0, 1, 127, 128, 254, 255];
    private static readonly byte[] s_color = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 0, 0, 0, 255, 255, 255];

    private readonly string _folder = Directory.CreateTempSubdirectory("imaging-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_WhatSavePngWrote_GivesItsBytesBack()
    {
        Samples samples = Sketches.Discs(3, 3);
        PixelImage[] images = samples.ToImages();
        for (int i = 0; i < 3; i++)
        {
            images[i].SavePng(Path.Combine(_folder, $"{i}.png"));
        }
        ImageData data = ImageFolder.Load(_folder);
        Assert.Equal((3, 0), (data.Count, data.NumClasses));
        Assert.Equal([3, images[0].Height, images[0].Width], data.SampleShape);
        var again = new Samples(data.Values.ToArray(), [3, .. data.SampleShape]);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(images[i].Pixels, again.ToImages()[i].Pixels));
    }

    [Fact]
    public void Load_GreyPictures_HaveOneChannelInTheOrderOfTheirNames()
    {
        Put("b.PNG", RawPng.Of(3, 2, 8, 0, [.. s_grey.Reverse()]));
        Put("a.png", RawPng.Of(3, 2, 8, 0, s_grey));
        Put("notes.txt", []);
        ImageData data = ImageFolder.Load(_folder);
        Assert.Equal([1, 2, 3], data.SampleShape);
        Assert.Equal([.. s_grey, .. s_grey.Reverse()], data.Pixels.ToArray());
        Assert.Equal((-1f, 1f), (data.Values.Span[0], data.Values.Span[5]));
    }

    [Fact]
    public void Load_FoldersOfClasses_LabelsThemInTheOrderOfTheirNames()
    {
        Put("cat/1.png", RawPng.Of(1, 1, 8, 0, [10]));
        Put("ant/2.png", RawPng.Of(1, 1, 8, 0, [20]));
        Put("ant/more/3.png", RawPng.Of(1, 1, 8, 0, [30]));
        ImageData data = ImageFolder.Load(_folder);
        Assert.Equal([20, 30, 10], data.Pixels.ToArray());
        Assert.Equal([0L, 0, 1], data.Labels.ToArray());
        Assert.Equal(2, data.NumClasses);
    }

    [Fact]
    public void Load_Color_HasPlanesOrLuma()
    {
        Put("color.png", RawPng.Of(3, 2, 8, 2, s_color));
        byte[] planes = [255, 0, 0, 10, 0, 255, 0, 255, 0, 20, 0, 255, 0, 0, 255, 30, 0, 255];
        Assert.Equal(planes, ImageFolder.Load(_folder).Pixels.ToArray());
        Assert.Equal([76, 150, 29, 18, 0, 255], ImageFolder.Load(_folder, channels: 1).Pixels.ToArray());
        Put("color.png", RawPng.Of(3, 2, 8, 0, s_grey));
        Assert.Equal([.. s_grey, .. s_grey, .. s_grey], ImageFolder.Load(_folder, channels: 3).Pixels.ToArray());
    }

    [Theory]
    [InlineData("palette")]
    [InlineData("16 bits")]
    [InlineData("1 bit")]
    [InlineData("alpha")]
    public void Load_OtherKindsOfPng_AreRead(string kind)
    {
        (byte[] file, byte[] expected) = kind switch
        {
            "palette" => (RawPng.Of(2, 1, 8, 3, [1, 0], [9, 9, 9, 200, 200, 200]), new byte[] { 200, 9 }),
            "16 bits" => (RawPng.Of(2, 1, 16, 0, [255, 255, 128, 128]), [255, 128]),
            "1 bit" => (RawPng.Of(2, 1, 1, 0, [0b0100_0000]), [0, 255]),
            _ => (RawPng.Of(2, 1, 8, 4, [200, 255, 200, 0]), [200, 0]), // what is transparent is black
        };
        Put("picture.png", file);
        Assert.Equal(expected, ImageFolder.Load(_folder).Pixels.ToArray());
    }

    [Fact]
    public void Load_BadFiles_NamesThemAndWhatIsExpected()
    {
        byte[] whole = RawPng.Of(3, 2, 8, 0, s_grey);
        string first = Put("a.png", whole);
        AssertBad("b.png", [], "is empty; expected a PNG file, 89 50 4e 47 0d 0a 1a 0a ...");
        AssertBad("b.png", [0xFF, 0xD8, 0xFF, 0xE0], "begins with the bytes ff d8 ff e0; expected a PNG file");
        AssertBad("b.png", whole[..20], "begins with the bytes 89 50 4e 47 0d 0a 1a 0a; expected a PNG file");
        AssertBad("b.png", whole[..^30], "is a damaged PNG file");
        byte[] flipped = [.. whole];
        flipped[45] ^= 0xFF;
        AssertBad("b.png", flipped, "is a damaged PNG file");
        AssertBad(
            "b.png", RawPng.Of(2, 3, 8, 0, s_grey), $"has 2 x 3 pixels; expected the 3 x 2 of {first}.");
    }

    [Fact]
    public void Load_BadFolders_SaysWhatIsWrong()
    {
        Assert.Equal(
            $"{_folder} has no PNG file; expected at least one.",
            Assert.Throws<InvalidDataException>(() => ImageFolder.Load(_folder)).Message);
        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        Assert.Equal(
            $"{empty} has no PNG file; expected at least one.",
            Assert.Throws<InvalidDataException>(() => ImageFolder.Load(_folder)).Message);
        string beside = Put("beside.png", RawPng.Of(3, 2, 8, 0, s_grey));
        Assert.Equal(
            $"{beside} lies beside folders such as {empty}; expected pictures, or folders of them.",
            Assert.Throws<InvalidDataException>(() => ImageFolder.Load(_folder)).Message);
        Assert.Contains(
            "no-such-folder",
            Assert.Throws<DirectoryNotFoundException>(() => ImageFolder.Load("no-such-folder")).Message);
        Assert.StartsWith(
            "channels is 2; expected 1, 3 or null.",
            Assert.Throws<ArgumentOutOfRangeException>(() => ImageFolder.Load(_folder, 2)).Message,
            StringComparison.Ordinal);
    }

    private string Put(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    private void AssertBad(string name, byte[] content, string expected)
    {
        string path = Put(name, content);
        string message = Assert.Throws<InvalidDataException>(() => ImageFolder.Load(_folder)).Message;
        Assert.StartsWith($"{path} {expected}", message, StringComparison.Ordinal);
    }
}
