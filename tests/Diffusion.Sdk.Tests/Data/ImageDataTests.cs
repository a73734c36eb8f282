using Diffusion.Sdk.Data;
using Diffusion.Sdk.Tests.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Data;

public sealed class ImageDataTests : TensorTest, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false, "images-idx3-ubyte")]
    [InlineData(true, "images-idx3-ubyte.gz")]
    [InlineData(true, "images-without-a-telling-name")]
    public void FromIdx_PlainOrGzip_HasPixelsAndLabels(bool gzip, string name)
    {
        byte[] images = IdxBytes.Of([3, 2, 5], IdxBytes.Count(30));
        byte[] labels = IdxBytes.Of([3], [2, 0, 1]);

        ImageData data = ImageData.FromIdx(
            Put(name, gzip ? IdxBytes.Gzip(images) : images), Put("labels", gzip ? IdxBytes.Gzip(labels) : labels));

        Assert.Equal(3, data.Count);
        Assert.Equal([1, 2, 5], data.SampleShape);
        Assert.Equal(IdxBytes.Count(30), data.Pixels.ToArray());
        Assert.Equal([2L, 0, 1], data.Labels.ToArray());
        Assert.Equal(3, data.NumClasses);
    }

    [Fact]
    public void FromIdx_WithoutLabels_HasNone()
    {
        ImageData data = ImageData.FromIdx(Put("images", IdxBytes.Of([3, 1, 1], [1, 2, 3])));

        Assert.True(data.Labels.IsEmpty);
        Assert.Equal(0, data.NumClasses);
    }

    [Fact]
    public void Values_EveryByte_IsLinearFromMinusOneToOne()
    {
        ImageData data = ImageData.FromPixels(IdxBytes.Count(256), 1, 16, 16);

        using Tensor stored = data.Store();
        using Tensor values = data.FromStored(stored);

        Assert.Equal(ScalarType.Byte, stored.dtype);
        Assert.Equal((-1f, 1f), (data.Values.Span[0], data.Values.Span[255]));
        Assert.All(Enumerable.Range(0, 256), b => Assert.Equal(b / 127.5 - 1, data.Values.Span[b], 1e-7));
        Assert.Equal([1L, 1, 16, 16], values.shape);
        Assert.Equal(data.Values.ToArray(), values.data<float>().ToArray());
    }

    [Fact]
    public void FromIdx_BadImages_NamesFileFindingAndExpectation()
    {
        byte[] whole = IdxBytes.Of([2, 3, 3], new byte[18]);
        AssertError(
            whole[..^1],
            "holds only 17 bytes of images [N, H, W]; expected the 18 of [2, 3, 3], as its header says.");
        AssertError([.. whole, 0], "holds at least 19 bytes of images [N, H, W]; expected the 18 of [2, 3, 3]");
        AssertError(whole[..10], "ends after 10 bytes; expected a header of 16, an IDX file of images [N, H, W].");
        AssertError([], "ends after 0 bytes; expected a header of 16");
        AssertError(
            IdxBytes.Of([2], [1, 2]),
            "begins with the bytes 00 00 08 01; expected 00 00 08 03, an IDX file of images [N, H, W].");
        AssertError([0x89, .. "PNG"u8, .. whole], "begins with the bytes 89 50 4e 47; expected 00 00 08 03");
        AssertError([0, 0, 0x0D, 3, .. whole[4..]], "begins with the bytes 00 00 0d 03; expected 00 00 08 03");
        AssertError(
            IdxBytes.Of([0, 3, 3], []), "says its sizes are [0, 3, 3]; expected images [N, H, W] of at least 1 each");
        AssertError(
            IdxBytes.Of([int.MaxValue, 28, 28], new byte[9]),
            "says its sizes are [2147483647, 28, 28]; expected images");
        AssertError(IdxBytes.Of([-1, 3, 3], new byte[9]), "says its sizes are [-1, 3, 3]");
    }

    [Fact]
    public void FromIdx_BadGzip_SaysWhetherCutOffOrDamaged()
    {
        byte[] whole = IdxBytes.Of([100, 8, 8], [.. Enumerable.Range(0, 6400).Select(i => (byte)(i * i / 7))]);
        byte[] compressed = IdxBytes.Gzip(whole);
        byte[] damaged = [.. compressed];
        damaged[compressed.Length / 2] ^= 0x55;
        AssertError(
            IdxBytes.Gzip(whole[..^5]),
            "holds only 6395 bytes of images [N, H, W]; expected the 6400 of [100, 8, 8]");
        AssertError(compressed[..(compressed.Length / 2)], "holds only ");
        AssertError(damaged, "is a damaged gzip file: ");
        AssertError(compressed[..5], "ends after 0 bytes");
    }

    [Fact]
    public void FromIdx_HeaderThatClaimsMuch_TakesNoMemoryForIt()
    {
        string path = Put("images", IdxBytes.Gzip(IdxBytes.Of([70_000, 150, 150], new byte[9])));
        long before = GC.GetTotalAllocatedBytes();

        Assert.Throws<InvalidDataException>(() => ImageData.FromIdx(path));

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
    }

    [Fact]
    public void FromIdx_LabelsThatDoNotBelong_NamesThem()
    {
        string images = Put("images", IdxBytes.Of([3, 1, 1], [1, 2, 3]));
        string two = Put("two", IdxBytes.Of([2], [0, 1]));
        string odd = Put("odd", IdxBytes.Of([3], [0, 9, 10]));

        Assert.Equal(
            $"{two} has 2 labels, but {images} has 3 images; expected one label for each image.",
            Assert.Throws<InvalidDataException>(() => ImageData.FromIdx(images, two)).Message);
        Assert.Equal(
            $"{odd} gives image 2 the label 10; expected one in [0, 10).",
            Assert.Throws<InvalidDataException>(() => ImageData.FromIdx(images, odd, numClasses: 10)).Message);
        Assert.StartsWith(
            $"{images} begins with the bytes 00 00 08 03; expected 00 00 08 01, an IDX file of labels [N].",
            Assert.Throws<InvalidDataException>(() => ImageData.FromIdx(images, images)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "no-such-file", Assert.Throws<FileNotFoundException>(() => ImageData.FromIdx("no-such-file")).Message);
    }

    [Fact]
    public void FromPixels_WrongInput_SaysWhat()
    {
        AssertArgument(
            "7 bytes are no whole number of images of shape [1, 2, 2], which have 4.",
            () => ImageData.FromPixels(new byte[7], 1, 2, 2));
        AssertArgument("There are no samples; expected at least 1.", () => ImageData.FromPixels([], 1, 2, 2));
        AssertArgument(
            "There are 2 labels for 1 samples; expected one for each.",
            () => ImageData.FromPixels(new byte[4], 1, 2, 2, [0, 1]));
        AssertArgument(
            "Sample 1 has the label 3; expected one in [0, 3).",
            () => ImageData.FromPixels(new byte[2], 1, 1, 1, [0, 3], numClasses: 3));
        AssertArgument(
            "Sample 0 has the label -1; expected one in [0, 2147483647).",
            () => ImageData.FromPixels(new byte[1], 1, 1, 1, [-1]));
    }

    [Fact]
    public void Slice_PartsOfTheImages_HaveTheirPixelsAndLabels()
    {
        ImageData data = ImageData.FromPixels([1, 2, 3, 4, 5, 6], 1, 1, 2, [0, 2, 1], numClasses: 5);

        (ImageData first, ImageData last) = (data.Slice(..^1), data.Slice(^1..));

        Assert.Equal([1, 2, 3, 4], first.Pixels.ToArray());
        Assert.Equal([0L, 2], first.Labels.ToArray());
        Assert.Equal([5, 6], last.Pixels.ToArray());
        Assert.Equal([1L], last.Labels.ToArray());
        Assert.Equal((5, 5), (first.NumClasses, last.NumClasses));
        Assert.Equal([1, 1, 2], last.SampleShape);
        Assert.True(ImageData.FromPixels([1, 2], 1, 1, 1).Slice(1..).Labels.IsEmpty);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(0, 4)]
    [InlineData(4, 4)]
    public void Slice_NothingOrPastTheEnd_SaysWhat(int first, int end)
    {
        ImageData data = ImageData.FromPixels([1, 2, 3], 1, 1, 1);
        AssertArgument(
            $"The range is {first}..{end} of 3 images; expected at least one image, and none past the last.",
            () => data.Slice(first..end));
        AssertArgument("The range is ^5..", () => data.Slice(^5..));
    }

    void IDisposable.Dispose()
    {
        Dispose();
        _folder.Dispose();
    }

    private string Put(string name, byte[] content)
    {
        File.WriteAllBytes(_folder.File(name), content);
        return _folder.File(name);
    }

    private void AssertError(byte[] content, string expected)
    {
        string path = Put("bad", content);
        string message = Assert.Throws<InvalidDataException>(() => ImageData.FromIdx(path)).Message;
        Assert.StartsWith($"{path} {expected}", message, StringComparison.Ordinal);
    }

    private static void AssertArgument(string message, Action action) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
