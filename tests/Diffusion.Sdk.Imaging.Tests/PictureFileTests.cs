using System.Drawing;
using Diffusion.Sdk.Imaging.Png;

namespace Diffusion.Sdk.Imaging.Tests;

public sealed class PictureFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("imaging-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Save_NewFolder_MakesItAndLeavesOnlyThePicture()
    {
        string path = Path.Combine(_folder, "new", "picture.png");
        Save(path);
        Assert.Equal([path], Directory.GetFileSystemEntries(Path.Combine(_folder, "new")));
        Assert.Equal((8, 6), PngReader.Read(File.ReadAllBytes(path)) is var (width, height, _) ? (width, height) : default);
    }

    [Fact]
    public void Save_ExistingFile_ReplacesIt()
    {
        string path = Path.Combine(_folder, "picture.png");
        File.WriteAllText(path, "old");
        Save(path);
        Assert.Equal(8, PngReader.Read(File.ReadAllBytes(path)).Width);
    }

    [Fact]
    public void Save_FolderUnderThatName_SaysSoAndLeavesNothing()
    {
        string path = Path.Combine(_folder, "picture.png");
        Directory.CreateDirectory(path);
        var error = Assert.Throws<IOException>(() => Save(path));
        Assert.Contains($"'{path}' could not be written", error.Message);
        Assert.Contains("is a folder, not a file", error.Message);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Save_FileInPlaceOfAFolder_NamesThePathAndLeavesNothing()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "here first");
        string path = Path.Combine(file, "picture.png");
        Assert.Contains($"'{path}' could not be written", Assert.Throws<IOException>(() => Save(path)).Message);
        Assert.Equal("here first", File.ReadAllText(file));
    }

    [Fact]
    public void Save_FolderThatTakesNoFiles_NamesThePath()
    {
        const string Path = "/proc/picture.png"; // refuses new files even to root
        Assert.Contains($"'{Path}' could not be written", Assert.Throws<IOException>(() => Save(Path)).Message);
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void Write_FailingAtEachWrite_KeepsTheOldFileAndLeavesNothing()
    {
        string path = Path.Combine(_folder, "picture.png");
        File.WriteAllText(path, "old");
        byte[][] frames = [new byte[64], new byte[64]];
        int writes = 0;
        for (bool failed = true; failed; writes++)
        {
            failed = false;
            try
            {
                PictureFile.Write(path, stream => PngEncoder.EncodeAnimation(
                    new FailingStream(stream, writes), 4, 4, 2, frames.Select(frame => (frame, (ushort)10))));
            }
            catch (IOException e)
            {
                failed = true;
                Assert.Contains($"'{path}' could not be written: No space left", e.Message);
                Assert.Equal("old", File.ReadAllText(path));
                Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
            }
        }
        Assert.InRange(writes, 20, 100);
        Assert.Equal(2, PngReader.ReadFrames(File.ReadAllBytes(path)).Count);
    }

    [Fact]
    public void Write_FailureThatIsNotOfTheFile_PassesThroughAndLeavesNothing()
    {
        string path = Path.Combine(_folder, "picture.png");
        Assert.Throws<InvalidOperationException>(() => PictureFile.Write(path, _ => throw new InvalidOperationException("drawing failed")));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    private static void Save(string path)
    {
        using var canvas = new Canvas(8, 6, Color.Green);
        canvas.Save(path);
    }

    /// <summary>Refuses the write after so many.</summary>
    private sealed class FailingStream(Stream inner, int writesAllowed) : MemoryStream
    {
        private int _writes;

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_writes++ == writesAllowed)
            {
                throw new IOException("No space left on device");
            }
            inner.Write(buffer);
        }
    }
}
