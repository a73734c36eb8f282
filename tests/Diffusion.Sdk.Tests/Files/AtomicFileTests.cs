using System.Text;
using Diffusion.Sdk.Files;

namespace Diffusion.Sdk.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_NewOrExistingFile_HoldsTheContentAndNothingElseIsLeft()
    {
        string path = _folder.File("inner/weights.bin");

        AtomicFile.WriteText(path, "first");
        AtomicFile.WriteText(path, "second, äöü");

        Assert.Equal("second, äöü"u8.ToArray(), File.ReadAllBytes(path));
        Assert.Equal(["inner", "inner/weights.bin"], _folder.Entries);
    }

    [Fact]
    public void Write_LargeAndSmallPieces_ArriveInOrder()
    {
        byte[] large = [.. Enumerable.Range(0, 700_000).Select(i => (byte)(i * 7))];

        AtomicFile.Write(_folder.File("a"), stream =>
        {
            stream.Write(large, 0, 10);
            stream.WriteByte(large[10]);
            stream.Write(large.AsSpan(11, 300_000));
            Assert.Equal(300_011, stream.Position);
            using var writer = new BinaryWriter(stream); // closing the stream does no harm
            writer.Write(large.AsSpan(300_011));
        });

        Assert.Equal(large, File.ReadAllBytes(_folder.File("a")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("old content")]
    public void Write_EveryOperationFailsInTurn_LeavesTheOldFileOrTheNewWhole(string? old)
    {
        string path = _folder.File("weights.bin");
        byte[] content = new byte[1_000_000];
        new Random(1).NextBytes(content);

        List<FileOperation> failed = FailingDisk.FailEach(
            prepare: () =>
            {
                File.Delete(path);
                if (old is not null)
                {
                    File.WriteAllText(path, old);
                }
            },
            work: () => AtomicFile.Write(path, stream =>
            {
                for (int start = 0; start < content.Length; start += 10_000)
                {
                    stream.Write(content, start, 10_000);
                }
            }),
            judge: operation =>
            {
                if (operation == FileOperation.FlushFolder) // after the rename
                {
                    Assert.Equal(content, File.ReadAllBytes(path));
                }
                else
                {
                    Assert.Equal(old, File.Exists(path) ? File.ReadAllText(path) : null);
                }
                Assert.All(_folder.Entries, entry => Assert.Equal("weights.bin", entry));
            });

        Assert.Equal(4, failed.Count(operation => operation == FileOperation.Write));
        Assert.Equal(
            [
                FileOperation.CreateFile, FileOperation.Write, FileOperation.Flush,
                FileOperation.Rename, FileOperation.FlushFolder,
            ],
            failed.Distinct());
    }

    [Fact]
    public void Write_ContentThrows_LeavesTheOldFile()
    {
        string path = _folder.Write("a", "old");

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half of the ne"u8);
            throw new InvalidOperationException();
        }));

        Assert.Equal("old", _folder.Read("a"));
        Assert.Equal(["a"], _folder.Entries);
    }

    [Fact]
    public void Write_AFolderIsInTheWay_SaysSo()
    {
        Directory.CreateDirectory(_folder.File("a"));

        var error = Assert.Throws<IOException>(() => AtomicFile.WriteText(_folder.File("a"), "x"));

        Assert.Equal($"{_folder.File("a")} is a folder, not a file.", error.Message);
    }

    [Fact]
    public void Write_ThroughALink_ReplacesWhatItPointsToAndKeepsTheMode()
    {
        string real = _folder.Write("real/a", "old");
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        File.CreateSymbolicLink(_folder.File("link"), real);

        AtomicFile.WriteText(_folder.File("link"), "new");

        Assert.Equal("new", File.ReadAllText(real));
        Assert.Equal(real, new FileInfo(_folder.File("link")).LinkTarget);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite, File.GetUnixFileMode(real));
    }

    [Fact]
    public void Write_ManyWritersOfOnePath_EndWithOneOfTheirContents()
    {
        string path = _folder.File("a");

        Parallel.For(0, 40, i => AtomicFile.WriteText(path, new string((char)('a' + i % 26), 100_000)));

        string text = File.ReadAllText(path);
        Assert.Equal(100_000, text.Length);
        Assert.Single(text.Distinct());
        Assert.Equal(["a"], _folder.Entries);
    }

    [Fact]
    public async Task Write_ReaderInBetween_NeverSeesATornFile()
    {
        string path = _folder.File("a");
        AtomicFile.WriteText(path, new string('0', 50_000));
        using var stop = new CancellationTokenSource();
        Task<int> reader = Task.Run(() =>
        {
            int reads = 0;
            for (; !stop.IsCancellationRequested || reads == 0; reads++)
            {
                string text = File.ReadAllText(path);
                Assert.Equal(50_000, text.Length);
                Assert.Single(text.Distinct());
            }
            return reads;
        });

        for (int i = 0; i < 30; i++)
        {
            AtomicFile.WriteText(path, new string((char)('0' + i % 10), 50_000));
        }
        await stop.CancelAsync();

        Assert.True(await reader > 0);
    }

    [Fact]
    public void DeleteLeftovers_AfterAKill_DeletesTheTemporaryFilesOfThatPathOnly()
    {
        string path = _folder.Write("a.bin", "content");
        _folder.Write(".a.bin.0123456789ab.tmp", "torn");
        _folder.Write(".b.bin.0123456789ab.tmp", "of another");
        _folder.Write(".a.bin.mine.tmp", "not ours");

        int deleted = AtomicFile.DeleteLeftovers(path);

        Assert.Equal(1, deleted);
        Assert.Equal([".a.bin.mine.tmp", ".b.bin.0123456789ab.tmp", "a.bin"], _folder.Entries);
    }

    // One real failure of the system: the shell limits how large a file may become.
    [Fact]
    public void Write_RealFileSizeLimit_ThrowsAndLeavesTheOldFile()
    {
        string path = _folder.Write("a", "old");

        // Without the write-xor-execute mapping, which is a file of the runtime's own that the limit would hit first.
        const string limit = "ulimit -f 100; trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0";
        (int exitCode, string output) = ChildProgram.Run(limit, "write-file", path, "1000000");

        Assert.Equal(1, exitCode);
        Assert.Contains("System.IO.IOException", output, StringComparison.Ordinal);
        Assert.Contains("bytes are more than a file may have here", output, StringComparison.Ordinal);
        Assert.Equal("old", _folder.Read("a"));
        Assert.Equal(["a"], _folder.Entries);
        Assert.Equal(0, ChildProgram.Run(":", "write-file", path, "1000000").ExitCode);
        Assert.Equal(1_000_000, new FileInfo(path).Length);
    }

    [Fact]
    public void Write_KilledInTheMiddle_LeavesTheOldFileAndOneLeftover()
    {
        string path = _folder.Write("a", "old");

        (int exitCode, _) = ChildProgram.Run(":", "write-file-and-die", path, "1000000");

        Assert.Equal(128 + 9, exitCode);
        Assert.Equal("old", _folder.Read("a"));
        Assert.Equal(2, _folder.Entries.Length);
        Assert.Equal(1, AtomicFile.DeleteLeftovers(path));
        Assert.Equal(["a"], _folder.Entries);
    }
}
