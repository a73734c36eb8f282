using System.Diagnostics;
using System.Globalization;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>
/// The same work in PyTorch eager: peer.py in a process of its own, which waits while it is not its turn.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    /// <param name="python">A Python that has PyTorch; Debian's is /usr/bin/python3.</param>
    public Peer(string python)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "peer.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // One thread each: both sides are told so the way their users would.
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        start.Environment["OMP_NUM_THREADS"] = "1";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{python} did not start.");
    }

    /// <summary>Sends one command and returns the number it answers with: seconds, or MiB.</summary>
    public double Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        string answer = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"peer.py ended at '{command}'; is python3-torch installed?");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(5));
        _process.Dispose();
    }
}
