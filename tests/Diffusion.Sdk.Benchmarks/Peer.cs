using System.Diagnostics;
using System.Globalization;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// The same work in PyTorch eager: a script in a process of its own, which waits while it is not its turn.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;
    private readonly string _script;

    /// <param name="python">A Python that has PyTorch; Debian's is /usr/bin/python3.</param>
    /// <param name="script">The script, beside the program.</param>
    /// <param name="oneThread">Whether libtorch and OpenBLAS get one thread each, as their users would do it.</param>
    public Peer(string python, string script, bool oneThread)
    {
        _script = script;
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, script)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (oneThread)
        {
            start.Environment["OPENBLAS_NUM_THREADS"] = "1";
            start.Environment["OMP_NUM_THREADS"] = "1";
        }
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{python} did not start.");
    }

    /// <summary>Its number in /proc.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Sends one command and returns the number it answers with, such as seconds or MiB.</summary>
    public double Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"{_script} ended at '{command}'; is python3-torch installed?");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(5));
        _process.Dispose();
    }
}
