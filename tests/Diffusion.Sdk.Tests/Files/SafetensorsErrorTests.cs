using System.Text;
using Diffusion.Sdk.Files;

namespace Diffusion.Sdk.Tests.Files;

/// <summary>Every rule of the format that a file can break, with what the message says.</summary>
public sealed class SafetensorsErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12,
        "tensor \"b\" with data_offsets [4, 12] overlaps the tensor before it, which ends at 8.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12,
        "tensor \"b\" with data_offsets [8, 12] leaves a gap after the tensor before it, which ends at 4.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8,
        "tensor \"a\" with data_offsets [4, 8] leaves a gap after the tensor before it, which ends at 0.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 12,
        "tensor \"a\" with data_offsets [0, 16] ends behind the file's 12 bytes of data: the file is truncated.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 12,
        "the tensors cover 4 bytes of data, but the file has 12.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,20]}}""", 20,
        "tensor \"a\" with dtype F32 and shape [2, 3] needs 24 bytes, but data_offsets [0, 20] hold 20.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,0]}}""", 0,
        "tensor \"a\" with dtype F32 and shape [4294967296, 4294967296, 2] needs 9223372036854775808 bytes")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4,
        "tensor \"a\" has data_offsets [4, 0], but two ascending offsets are needed.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4,
        "tensor \"a\" has data_offsets [0], but two ascending offsets are needed.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4,
        "tensor \"a\": \"shape\" must be a list of whole numbers that are not negative.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4,
        "tensor \"a\": \"shape\" must be a list of whole numbers that are not negative.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":"0,4"}}""", 4,
        "tensor \"a\": \"data_offsets\" must be a list of whole numbers that are not negative.")]
    [InlineData(
        """{"a":{"dtype":"F24","shape":[1],"data_offsets":[0,3]}}""", 3,
        "tensor \"a\" has dtype \"F24\", but only BOOL, U8, I8, I16, F16, BF16, I32, F32, F64, I64 are known.")]
    [InlineData(
        """{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}""", 4,
        "tensor \"a\": \"dtype\" must be a string, but is a Number.")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "tensor \"a\" lacks \"dtype\".")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "tensor \"a\" lacks \"shape\".")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "tensor \"a\" lacks \"data_offsets\".")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32"}}""", 4, "tensor \"a\" has two values for \"dtype\".")]
    [InlineData("""{"a":{"strides":[1]}}""", 4, "tensor \"a\" has the unknown field \"strides\".")]
    [InlineData("""{"a":7}""", 0, "tensor \"a\" must be an object, but is a Number.")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8,
        "the header has two entries named \"a\".")]
    [InlineData("""{"__metadata__":{"format":7}}""", 0, "__metadata__ must hold strings, but \"format\" is a Number.")]
    [InlineData("""{"__metadata__":["format"]}""", 0, "__metadata__ must be an object of strings, but is a StartArray.")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "__metadata__ has two values for \"a\".")]
    [InlineData("""[]""", 0, "the header is not valid JSON: It must begin with '{'.")]
    [InlineData("""  {}""", 0, "the header is not valid JSON: It must begin with '{'.")]
    [InlineData("", 0, "the header is not valid JSON: It must begin with '{'.")]
    [InlineData("""{"a":""", 0, "the header is not valid JSON:")]
    [InlineData("""{} {}""", 0, "the header is not valid JSON:")]
    [InlineData("""{"\ud800":{}}""", 0, "the header is not valid JSON:")]
    public void Open_BrokenHeader_SaysWhatAndWhere(string header, int dataBytes, string message)
    {
        string path = _folder.File("model.safetensors");
        byte[] json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[dataBytes]]);

        var error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));

        Assert.StartsWith($"{path}: {message}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001, "a header of 100000001 bytes is more than the 100000000 allowed.")]
    [InlineData(-1, "a header of 18446744073709551615 bytes is more than the 100000000 allowed.")]
    [InlineData(10, "a header of 10 bytes does not fit into a file of 12 bytes: the file is truncated.")]
    public void Open_WrongHeaderLength_SaysBothLengths(long headerBytes, string message)
    {
        string path = _folder.File("model.safetensors");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes(headerBytes), .. "{}  "u8]);

        var error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));

        Assert.Equal($"{path}: {message}", error.Message);
    }

    [Fact]
    public void Open_TooShortOrMissing_SaysSo()
    {
        string path = _folder.Write("short", "1234567");

        var tooShort = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));

        Assert.StartsWith(
            $"{path}: 7 bytes are too few for a safetensors file", tooShort.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(_folder.File("missing")));
    }
}
