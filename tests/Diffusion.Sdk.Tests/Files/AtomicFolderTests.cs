using Diffusion.Sdk.Files;

namespace Diffusion.Sdk.Tests.Files;

public sealed class AtomicFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Target => _folder.File("pipeline");

    [Fact]
    public void Write_NewFolder_HoldsTheFilesAndNothingElseIsLeft()
    {
        Save("new");

        Assert.Equal(
            ["pipeline", "pipeline/model_index.json", "pipeline/unet", "pipeline/unet/config.json"], _folder.Entries);
        Assert.Equal("new", _folder.Read("pipeline/unet/config.json"));
    }

    [Fact]
    public void Write_ExistingFolder_ReplacesItsFilesAndKeepsOthersAndTheMode()
    {
        Save("old");
        _folder.Write("pipeline/README.md", "by hand");
        _folder.Write("pipeline/unet/notes/a.txt", "by hand");
        File.CreateSymbolicLink(_folder.File("pipeline/latest"), "unet");
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(Target, mode);

        Save("new");

        Assert.Equal("new", _folder.Read("pipeline/model_index.json"));
        Assert.Equal("new", _folder.Read("pipeline/unet/config.json"));
        Assert.Equal("by hand", _folder.Read("pipeline/README.md"));
        Assert.Equal("by hand", _folder.Read("pipeline/unet/notes/a.txt"));
        Assert.Equal("unet", new FileInfo(_folder.File("pipeline/latest")).LinkTarget);
        Assert.Equal(mode, File.GetUnixFileMode(Target));
        Assert.Equal(
            ["pipeline"], _folder.Entries.Where(entry => !entry.StartsWith("pipeline/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Write_EveryOperationFailsInTurn_LeavesTheOldFolderOrTheNewWhole(bool exists, bool withoutExchange)
    {
        string[] old = [];
        List<FileOperation> failed = FailingDisk.FailEach(
            prepare: () =>
            {
                if (Directory.Exists(Target))
                {
                    Directory.Delete(Target, recursive: true);
                }
                if (exists)
                {
                    Save("old");
                    _folder.Write("pipeline/README.md", "by hand");
                }
                old = _folder.Entries;
            },
            work: () => SaveOn(withoutExchange),
            judge: operation =>
            {
                bool isNew = _folder.Entries.Length > 0 && _folder.Read("pipeline/model_index.json") == "new";
                Assert.Equal(isNew ? Whole(exists) : old, _folder.Entries);
                if (_folder.Entries.Length > 0)
                {
                    Assert.Equal(isNew ? "new" : "old", _folder.Read("pipeline/unet/config.json"));
                }
                Assert.True(!isNew || operation == FileOperation.FlushFolder);
            });

        Assert.Contains(exists && !withoutExchange ? FileOperation.Exchange : FileOperation.Rename, failed);
        Assert.Equal(exists, failed.Contains(FileOperation.Link));
    }

    [Fact]
    public void Write_ContentThrows_LeavesTheOldFolder()
    {
        Save("old");

        Assert.Throws<InvalidOperationException>(() => AtomicFolder.Write(Target, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "model_index.json"), "half");
            throw new InvalidOperationException();
        }));

        Assert.Equal("old", _folder.Read("pipeline/model_index.json"));
        Assert.DoesNotContain(_folder.Entries, entry => entry.Contains(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_WrongTarget_SaysWhy()
    {
        _folder.Write("file", "x");
        for (int i = 0; i < 1001; i++)
        {
            _folder.Write($"home/{i}", "x");
        }

        var file = Assert.Throws<IOException>(() => AtomicFolder.Write(_folder.File("file"), _ => { }));
        var current = Assert.Throws<IOException>(() => AtomicFolder.Write(".", _ => { }));
        var home = Assert.Throws<IOException>(() => AtomicFolder.Write(_folder.File("home"), _ => { }));
        var root = Assert.Throws<ArgumentException>(() => AtomicFolder.Write("/", _ => { }));

        Assert.EndsWith("file is a file, not a folder.", file.Message, StringComparison.Ordinal);
        Assert.Contains(
            "is or holds the current folder and cannot be replaced", current.Message, StringComparison.Ordinal);
        Assert.Contains(
            "too many files that do not belong to what is being saved (more than 1000)",
            home.Message,
            StringComparison.Ordinal);
        Assert.Contains("root of a file system", root.Message, StringComparison.Ordinal);
        Assert.Equal(1001, Directory.GetFiles(_folder.File("home")).Length);
    }

    [Fact]
    public async Task Write_ReaderInBetween_FindsFilesOfOneKindOnly()
    {
        Save("0");
        using var stop = new CancellationTokenSource();
        Task reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.True(File.Exists(_folder.File("pipeline/model_index.json")));
            }
        });

        for (int i = 1; i < 20; i++)
        {
            Save($"{i}");
        }
        await stop.CancelAsync();

        await reader;
    }

    [Fact]
    public void Recover_AfterAKillBetweenTwoRenames_PutsTheOldFolderBack()
    {
        _folder.Write(".pipeline.0123456789ab.old/model_index.json", "old");
        _folder.Write(".pipeline.fedcba987654.tmp/model_index.json", "unfinished");

        int repaired = AtomicFolder.Recover(Target);

        Assert.Equal(2, repaired);
        Assert.Equal("old", _folder.Read("pipeline/model_index.json"));
        Assert.Equal(["pipeline", "pipeline/model_index.json"], _folder.Entries);
    }

    [Fact]
    public void Recover_NothingToDo_LeavesEverything()
    {
        Save("old");
        string[] before = _folder.Entries;

        Assert.Equal(0, AtomicFolder.Recover(Target));
        Assert.Equal(0, AtomicFolder.Recover(_folder.File("absent/pipeline")));

        Assert.Equal(before, _folder.Entries);
    }

    private static string[] Whole(bool withReadme) =>
    [
        "pipeline", .. withReadme ? ["pipeline/README.md"] : (string[])[],
        "pipeline/model_index.json", "pipeline/unet", "pipeline/unet/config.json",
    ];

    private void Save(string text) => AtomicFolder.Write(Target, folder =>
    {
        File.WriteAllText(Path.Combine(folder, "model_index.json"), text);
        AtomicFile.WriteText(Path.Combine(folder, "unet/config.json"), text);
    });

    private void SaveOn(bool withoutExchange)
    {
        Action<FileOperation, string>? outer = FileFaults.Hook;
        FileFaults.Hook = (operation, path) =>
        {
            if (withoutExchange && operation == FileOperation.Exchange)
            {
                throw new PlatformNotSupportedException();
            }
            outer?.Invoke(operation, path);
        };
        Save("new");
    }
}
