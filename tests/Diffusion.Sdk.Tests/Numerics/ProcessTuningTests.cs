using Diffusion.Sdk.Numerics;
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
}
