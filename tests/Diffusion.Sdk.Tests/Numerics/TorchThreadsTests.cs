using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics;

public sealed class TorchThreadsTests
{
    [Fact]
    public void SetOwn_OnOneThread_LeavesThoseThatStartLater()
    {
        int ofProcess = OnNewThread(get_num_threads);
        OnNewThread(() =>
        {
            TorchThreads.SetOwn(ofProcess + 1);
            Assert.Equal(ofProcess + 1, get_num_threads());
            Assert.Equal(ofProcess, OnNewThread(get_num_threads));
            TorchThreads.SetOwn(ofProcess);
            return get_num_threads();
        });
        Assert.Equal(ofProcess, OnNewThread(get_num_threads));
    }

    private static int OnNewThread(Func<int> work)
    {
        (int result, Exception? error) = (0, null);
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception thrown)
            {
                error = thrown;
            }
        });
        thread.Start();
        thread.Join();
        return error is null ? result : throw new InvalidOperationException(error.Message, error);
    }
}
