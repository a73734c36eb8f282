using Diffusion.Sdk.Numerics;
using TorchSharp;

namespace SampleKit;

/// <summary>What a program may decide about its process, and a library may not.</summary>
public static class Processors
{
    /// <summary>
    /// For networks of images: a thread for each processor, of which libtorch may count fewer, none of one product
    /// beside these, none that spin, and memory that stays.
    /// </summary>
    /// <param name="threads">How many threads; null for one per processor.</param>
    public static void UseAll(int? threads = null)
    {
        ProcessTuning.WaitPassively();
        ProcessTuning.KeepFreedMemory();
        ProcessTuning.SetBlasThreads(1);
        torch.set_num_threads(threads ?? Environment.ProcessorCount);
    }
}
