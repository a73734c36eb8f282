using Diffusion.Sdk.Numerics;

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
}
