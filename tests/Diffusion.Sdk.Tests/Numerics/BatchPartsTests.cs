using System.Collections.Concurrent;
using Diffusion.Sdk.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics;

public sealed class BatchPartsTests : TensorTest
{
    private readonly int _threads = get_num_threads();

    [Theory]
    [InlineData(1, 10, 1, 1)]
    [InlineData(2, 10, 1, 2)]
    [InlineData(2, 10, 5, 2)]
    [InlineData(2, 9, 5, 1)]
    [InlineData(2, 1, 1, 1)]
    public void Run_SomeThreads_CoversTheBatchInParts(int threads, int count, int least, int parts)
    {
        if (Environment.ProcessorCount < parts)
        {
            return; // there are never more parts than processors
        }
        var seen = new ConcurrentBag<(long First, long Count, int Threads)>();
        WithThreads(threads, () => BatchParts.Run(count, BatchParts.Count(count, least), (_, first, size) =>
            seen.Add((first, size, parts == 1 ? 1 : get_num_threads()))));

        Assert.Equal(parts, seen.Count);
        Assert.Equal(Enumerable.Range(0, count).Select(item => (long)item), seen.OrderBy(part => part.First).SelectMany(
            part => Enumerable.Range((int)part.First, (int)part.Count).Select(item => (long)item)));
        Assert.All(seen, part => Assert.Equal(1, part.Threads));
    }

    [Fact]
    public void Run_TensorsOfTheParts_AreFreedAndResultsStay()
    {
        Tensor input = arange(0, 8, 1, ScalarType.Float32), output = zeros([8]);

        WithThreads(2, () => BatchParts.Run(8, BatchParts.Count(8, 1), (_, first, count) =>
            output.narrow(0, first, count).copy_(input.narrow(0, first, count).mul(2).add(1))));

        Assert.Equal([1f, 3f, 5f, 7f, 9f, 11f, 13f, 15f], output.data<float>().ToArray());
    }

    [Fact]
    public void Run_PartFails_ArrivesAfterAllEnded()
    {
        int ended = 0;
        WithThreads(2, () =>
        {
            Assert.Throws<InvalidDataException>(() => BatchParts.Run(2, BatchParts.Count(2, 1), (_, first, _) =>
            {
                if (first == 0)
                {
                    throw new InvalidDataException("no");
                }
                Thread.Sleep(50);
                Interlocked.Increment(ref ended);
            }));
        });
        Assert.Equal(Environment.ProcessorCount > 1 ? 1 : 0, ended);
    }

    private void WithThreads(int threads, Action work)
    {
        using IDisposable withoutGradients = no_grad();
        set_num_threads(threads);
        try
        {
            work();
            Assert.Equal(threads, get_num_threads());
        }
        finally
        {
            set_num_threads(_threads);
        }
    }
}
