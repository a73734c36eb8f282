using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Tests;

namespace Docs.Tests;

/// <summary>
/// Runs in an empty folder of its own, and silently; like every test of tensors it must leave none behind.
/// </summary>
public abstract class SnippetTest : TensorTest, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("snippets-").FullName;
    private readonly string _before = Environment.CurrentDirectory;
    private readonly TextWriter _out = Console.Out;

    protected SnippetTest()
    {
        ProcessTuning.SetBlasThreads(1);
        Environment.CurrentDirectory = _folder;
        Console.SetOut(TextWriter.Null);
    }

    void IDisposable.Dispose()
    {
        Console.SetOut(_out);
        Environment.CurrentDirectory = _before;
        Directory.Delete(_folder, recursive: true);
        Dispose();
        GC.SuppressFinalize(this);
    }
}
