using System.Diagnostics;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Tests.Numerics;
using Diffusion.Sdk.Tests.Training;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

namespace Diffusion.Sdk.Tests;

/// <summary>
/// The test assembly as a program of its own, for tests that need a process to limit or to kill:
/// <c>dotnet Diffusion.Sdk.Tests.dll ROLE ARGUMENTS</c>. The test host does not call it.
/// </summary>
internal static class ChildProgram
{
    private static readonly Dictionary<string, Action<string[]>> s_roles = new()
    {
        ["write-file"] = args => AtomicFile.Write(args[0], stream => WriteBytes(stream, int.Parse(args[1]))),
        ["write-file-and-die"] = args => AtomicFile.Write(args[0], stream =>
        {
            WriteBytes(stream, int.Parse(args[1]));
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }),
        ["count-page-faults"] = args => ProcessTuningTests.CountPageFaults(bool.Parse(args[0])),
        ["train"] = args => CheckpointFaultTests.TrainForever("train", args[0]),
        ["wait-passively"] = _ => ProcessTuningTests.WaitPassivelyTwice(),
        ["train-images"] = args => CheckpointFaultTests.TrainForever("train-images", args[0]),
    };

    public static int Main(string[] args)
    {
        try
        {
            s_roles[args[0]](args[1..]);
            return 0;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(error);
            return 1;
        }
    }

    /// <summary>
    /// Runs a role under what the shell sets up first; returns its exit code (128 + signal) and what it printed.
    /// </summary>
    public static (int ExitCode, string Output) Run(string setUp, string role, params string[] args)
    {
        using Process process = Start(setUp, role, args);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    /// <summary>Starts a role; the caller kills or awaits it.</summary>
    public static Process Start(string setUp, string role, params string[] args)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        string assembly = typeof(ChildProgram).Assembly.Location;
        string[] command =
            ["-c", $"{setUp}; exec \"$0\" \"$@\"", Environment.ProcessPath!, assembly, role, .. args];
        Array.ForEach(command, start.ArgumentList.Add);
        return Process.Start(start)!;
    }

    private static void WriteBytes(Stream stream, int count)
    {
        for (int written = 0; written < count; written += 1000)
        {
            stream.Write(new byte[Math.Min(1000, count - written)]);
        }
    }
}
