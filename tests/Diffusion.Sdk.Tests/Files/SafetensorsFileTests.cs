using System.Text;
using Diffusion.Sdk.Files;
using FsCheck;
using FsCheck.Fluent;

namespace Diffusion.Sdk.Tests.Files;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> RecordedFiles => new(GoldenFiles.Find("*.safetensors"));

    public void Dispose() => _folder.Dispose();

    // The Python library wrote these files, so equal bytes mean its layout: sorting, escapes, padding.
    [Theory]
    [MemberData(nameof(RecordedFiles))]
    public void ReadAndWrite_RecordedFile_GivesTheSameBytes(string path)
    {
        string copy = _folder.File("copy.safetensors");

        using (var file = SafetensorsFile.Open(GoldenFiles.Path(path)))
        {
            SafetensorsFile.Write(copy, file.Entries.Select(entry => SourceOf(file, entry)), file.Metadata);
        }

        Assert.True(File.ReadAllBytes(GoldenFiles.Path(path)).AsSpan().SequenceEqual(File.ReadAllBytes(copy)));
    }

    [Fact]
    public void Open_RecordedModel_TellsNamesTypesShapesAndMetadata()
    {
        using var file = SafetensorsFile.Open(
            GoldenFiles.Path("unet/learned_time/diffusion_pytorch_model.safetensors"));

        SafetensorsEntry entry = file["conv_in.weight"];

        Assert.Equal(SafetensorsType.F32, entry.Type);
        Assert.Equal([4L, 3, 3, 3], entry.Shape);
        Assert.Equal(4 * 3 * 3 * 3 * 4, entry.ByteCount);
        Assert.Equal("pt", file.Metadata!["format"]);
        byte[] all = file.ReadBytes("conv_in.weight");
        var part = new byte[8];
        file.Read(entry, part, offset: 100);
        Assert.Equal(all[100..108], part);
    }

    [Fact]
    public void Write_AllTypes_SortsByAlignmentThenNameAndPadsTheHeader()
    {
        SafetensorsSource[] sources =
            [.. Enum.GetValues<SafetensorsType>().SelectMany(
                type => new[] { Source("b" + type, type, 2), Source("a" + type, type, 1) })];

        SafetensorsFile.Write(_folder.File("a"), sources);

        using var file = SafetensorsFile.Open(_folder.File("a"));
        Assert.Equal(
            ["I64", "F64", "F32", "I32", "BF16", "F16", "I16", "I8", "U8", "Bool"],
            file.Entries.Select(entry => entry.Type.ToString()).Distinct());
        Assert.Equal(["aI64", "bI64", "aF64", "bF64"], file.Entries.Take(4).Select(entry => entry.Name));
        Assert.Null(file.Metadata);
        Assert.Equal(0, (BitConverter.ToInt64(File.ReadAllBytes(_folder.File("a"))) + 8) % 8);
    }

    [Fact]
    public void WriteAndOpen_UnusualNamesShapesAndMetadata_Survive()
    {
        const string name = "quote\" back\\ \t\u0001 ü 日本 \U0001F600 /";
        var metadata = new Dictionary<string, string> { ["z"] = "last\nline", ["a"] = "" };

        SafetensorsFile.Write(
            _folder.File("a"),
            [
                Source(name, SafetensorsType.F32), Source("empty", SafetensorsType.F32, 3, 0),
                Source("", SafetensorsType.U8, 1),
            ],
            metadata);

        using var file = SafetensorsFile.Open(_folder.File("a"));
        Assert.Empty(file[name].Shape);
        Assert.Equal([3L, 0], file["empty"].Shape);
        Assert.Empty(file.ReadBytes("empty"));
        Assert.Single(file.ReadBytes(""));
        Assert.Equal(metadata, file.Metadata);
        string header = Encoding.UTF8.GetString(File.ReadAllBytes(_folder.File("a")));
        Assert.Contains("\"quote\\\" back\\\\ \\t\\u0001 ü 日本 \U0001F600 /\"", header, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteAndOpen_NoTensors_IsAnEmptyFile()
    {
        SafetensorsFile.Write(_folder.File("a"), []);
        SafetensorsFile.Write(_folder.File("b"), [], new Dictionary<string, string> { ["format"] = "pt" });

        using var a = SafetensorsFile.Open(_folder.File("a"));
        using var b = SafetensorsFile.Open(_folder.File("b"));
        Assert.Empty(a.Entries);
        Assert.Empty(b.Entries);
        Assert.Equal("pt", b.Metadata!["format"]);
    }

    [Fact]
    public void WriteAndOpen_AnyTensors_SurviveByteForByte() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            Dictionary<string, SafetensorsSource> sources = Enumerable.Range(0, random.Next(6))
                .Select(i => Source(
                    $"{(char)random.Next('a', 'z')}{i}",
                    (SafetensorsType)random.Next(10),
                    [.. Enumerable.Range(0, random.Next(4)).Select(_ => (long)random.Next(5))]))
                .ToDictionary(source => source.Name);

            SafetensorsFile.Write(_folder.File("a"), sources.Values);

            using var file = SafetensorsFile.Open(_folder.File("a"));
            return file.Entries.Count == sources.Count && file.Entries.All(entry =>
                entry.Type == sources[entry.Name].Type
                && entry.Shape.SequenceEqual(sources[entry.Name].Shape)
                && file.ReadBytes(entry.Name).SequenceEqual(Bytes(sources[entry.Name].ByteCount)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Open_CutAnywhere_IsRejected()
    {
        SafetensorsFile.Write(
            _folder.File("a"), [Source("x", SafetensorsType.F32, 3), Source("y", SafetensorsType.U8, 5)]);
        byte[] whole = File.ReadAllBytes(_folder.File("a"));

        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.File("cut"), whole[..length]);
            var error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(_folder.File("cut")));
            Assert.StartsWith(_folder.File("cut"), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_AnyByteChanged_IsReadOrRejectedButNeverFailsOtherwise() => Prop.ForAll(
        Gen.Choose(0, 200).Zip(Gen.Choose(0, 255)).ToArbitrary(),
        input =>
        {
            SafetensorsFile.Write(
                _folder.File("a"), [Source("x", SafetensorsType.F32, 3), Source("y", SafetensorsType.U8, 5)]);
            byte[] bytes = File.ReadAllBytes(_folder.File("a"));
            bytes[input.Item1 % bytes.Length] = (byte)input.Item2;
            File.WriteAllBytes(_folder.File("changed"), bytes);
            try
            {
                using var file = SafetensorsFile.Open(_folder.File("changed"));
                return file.Entries.All(entry => file.ReadBytes(entry.Name).Length == entry.ByteCount);
            }
            catch (SafetensorsException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Write_EveryOperationFailsInTurn_LeavesTheOldFile()
    {
        string path = _folder.File("a");
        FailingDisk.FailEach(
            prepare: () => SafetensorsFile.Write(path, [Source("old", SafetensorsType.F32, 1)]),
            work: () => SafetensorsFile.Write(
                path, [Source("new", SafetensorsType.F32, 100_000), Source("more", SafetensorsType.F32, 3)]),
            judge: operation =>
            {
                using var file = SafetensorsFile.Open(path);
                Assert.Equal(operation == FileOperation.FlushFolder ? "more" : "old", file.Entries[0].Name);
                Assert.Equal(["a"], _folder.Entries);
            });
    }

    [Fact]
    public void Write_WrongInput_SaysWhatAndWhich()
    {
        string path = _folder.File("a");
        var few = new SafetensorsSource("w", SafetensorsType.F32, [2, 3], new byte[20]);

        var count = Assert.Throws<InvalidOperationException>(() => SafetensorsFile.Write(path, [few]));
        var twice = Assert.Throws<ArgumentException>(
            () => SafetensorsFile.Write(path, [Source("w", SafetensorsType.F32), Source("w", SafetensorsType.U8)]));
        var reserved = Assert.Throws<ArgumentException>(() => Source("__metadata__", SafetensorsType.F32));
        var negative = Assert.Throws<ArgumentException>(() => Source("w", SafetensorsType.F32, -1));

        Assert.Equal("Tensor \"w\" of type F32 and shape [2, 3] has 24 bytes, but 20 were written.", count.Message);
        Assert.StartsWith("Two tensors are named \"w\".", twice.Message, StringComparison.Ordinal);
        Assert.StartsWith("A tensor cannot be named __metadata__", reserved.Message, StringComparison.Ordinal);
        Assert.StartsWith("Tensor \"w\": shape [-1] has a negative size.", negative.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Entries);
    }

    [Fact]
    public void ReadBytes_UnknownNameOrRange_SaysWhich()
    {
        SafetensorsFile.Write(_folder.File("a"), [Source("x", SafetensorsType.U8, 4)]);
        using var file = SafetensorsFile.Open(_folder.File("a"));

        var name = Assert.Throws<KeyNotFoundException>(() => file.ReadBytes("y"));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(file["x"], new byte[3], offset: 2));

        Assert.EndsWith("a has no tensor \"y\".", name.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadBytes_ManyThreads_GetTheSameBytes()
    {
        SafetensorsFile.Write(
            _folder.File("a"), [.. Enumerable.Range(0, 20).Select(i => Source($"{i}", SafetensorsType.F32, 100 + i))]);
        using var file = SafetensorsFile.Open(_folder.File("a"));

        Parallel.For(0, 200, i => Assert.Equal(Bytes(4 * (100 + i % 20)), file.ReadBytes($"{i % 20}")));
    }

    private static SafetensorsSource SourceOf(SafetensorsFile file, SafetensorsEntry entry) =>
        new(entry.Name, entry.Type, entry.Shape, file.ReadBytes(entry.Name));

    private static SafetensorsSource Source(string name, SafetensorsType type, params long[] shape)
    {
        var described = new SafetensorsSource(name, type, shape, _ => { });
        return new SafetensorsSource(name, type, shape, Bytes(described.ByteCount));
    }

    private static byte[] Bytes(long count) => [.. Enumerable.Range(0, (int)count).Select(i => (byte)(i * 31 + count))];
}
