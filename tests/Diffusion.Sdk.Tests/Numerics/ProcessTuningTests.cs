using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics;

public class ProcessTuningTests
{
    [Fact]
    public void SetBlasThreads_OpenBlas_IsWhatDescribeSays()
    {
        string? before = ProcessTuning.DescribeBlas();
        Assert.NotNull(before);
        Assert.StartsWith("OpenBLAS", before, StringComparison.Ordinal);
        try
        {
            Assert.True(ProcessTuning.SetBlasThreads(1));
            Assert.EndsWith(", 1 threads", ProcessTuning.DescribeBlas(), StringComparison.Ordinal);
        }
        finally
        {
            ProcessTuning.SetBlasThreads(int.Parse(before.Split(' ')[^2]));
        }
    }

    [Fact]
    public void SetBlasThreads_None_NamesTheArgument()
    {
        ArgumentOutOfRangeException error =
            Assert.Throws<ArgumentOutOfRangeException>(() => ProcessTuning.SetBlasThreads(0));
        Assert.Equal("threads", error.ParamName);
        Assert.Equal(0, error.ActualValue);
    }

    [Theory]
    [InlineData("true", "PASSIVE")]
    [InlineData("export OMP_WAIT_POLICY=active", "ACTIVE")]
    public void WaitPassively_BeforeLibtorch_IsWhatOpenMPSays(string setUp, string expected)
    {
        (int exitCode, string output) = ChildProgram.Run($"{setUp}; export OMP_DISPLAY_ENV=true", "wait-passively");
        Assert.Equal(0, exitCode);
        Assert.Contains($"OMP_WAIT_POLICY = '{expected}'", output);
        Assert.Contains("True then False", output); // the second call is too late
    }

    /// <summary>Before libtorch is loaded, and after.</summary>
    internal static void WaitPassivelyTwice()
    {
        bool before = ProcessTuning.WaitPassively();
        using Tensor load = zeros(1);
        Console.WriteLine($"{before} then {ProcessTuning.WaitPassively()}");
    }

    [Fact]
    public void KeepFreedMemory_InAProcessOfItsOwn_FaultsInFewerPages()
    {
        long plain = Faults(keep: false), kept = Faults(keep: true);

        Assert.InRange(kept, 0, plain / 2);

        static long Faults(bool keep)
        {
            (int exitCode, string output) = ChildProgram.Run("true", "count-page-faults", keep.ToString());
            Assert.True(exitCode == 0, output);
            return long.Parse(output);
        }
    }

    /// <summary>Makes and frees a large tensor again and again, and prints the page faults that this took.</summary>
    internal static void CountPageFaults(bool keep)
    {
        if (keep)
        {
            Assert.True(ProcessTuning.KeepFreedMemory());
        }
        MakeTensors(2);
        long before = PageFaults();
        MakeTensors(20);
        Console.Write(PageFaults() - before);

        static void MakeTensors(int count)
        {
            for (int k = 0; k < count; k++)
            {
                torch.ones([48 << 18]).Dispose(); // 48 MiB: above what glibc keeps by itself
            }
        }

        // Minor faults, the tenth field; the second is the name in parentheses.
        static long PageFaults() => long.Parse(File.ReadAllText("/proc/self/stat").Split(')')[^1].Split(' ')[8]);
    }
}
