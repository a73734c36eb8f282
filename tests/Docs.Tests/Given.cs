using System.Buffers.Binary;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;

namespace Docs.Tests;

/// <summary>What snippets find in their folder, and models as a page's reader has them by then, untrained.</summary>
internal static class Given
{
    private const int Side = 8;

    /// <summary>A network of the plane.</summary>
    public static MlpDenoiser Points(int? classes = null) => new(new MlpDenoiserConfig { NumClassEmbeds = classes });

    /// <summary>T = 100, nothing clipped.</summary>
    public static DdpmScheduler Noise() => new(new DdpmSchedulerConfig { NumTrainTimesteps = 100, ClipSample = false });

    /// <summary>Two moons.</summary>
    public static TrainingData Moons(int count = 200) => TrainingData.FromPoints(PointSets.Moons(count, seed: 1));

    /// <summary>A network of images as small as it goes, of 8 x 8.</summary>
    public static UNet2DModel Images(int? classes = null) => new(new UNet2DConfig
    {
        SampleSize = Side,
        InChannels = 1,
        OutChannels = 1,
        BlockOutChannels = [8, 8],
        DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.DownBlock2D],
        UpBlockTypes = [UpBlockType.UpBlock2D, UpBlockType.UpBlock2D],
        LayersPerBlock = 1,
        NormNumGroups = 4,
        NumClassEmbeds = classes,
    });

    /// <summary>Images of two classes, a bright left or a bright right half.</summary>
    public static ImageData Halves(int count) => ImageData.FromPixels(
        Pixels(count), 1, Side, Side, [.. Enumerable.Range(0, count).Select(i => (long)(i % 2))]);

    /// <summary>A pipeline in a folder.</summary>
    public static void Pipeline(string folder)
    {
        using MlpDenoiser model = Points();
        using var pipeline = new DdpmPipeline(model, Noise());
        pipeline.SavePretrained(folder);
    }

    /// <summary>MNIST's files, with 100 of those images.</summary>
    public static void Mnist()
    {
        const int count = 100;
        Write("train-images-idx3-ubyte", [count, Side, Side], Pixels(count));
        Write("train-labels-idx1-ubyte", [count], [.. Enumerable.Range(0, count).Select(i => (byte)(i % 2))]);
    }

    private static byte[] Pixels(int count) =>
        [.. Enumerable.Range(0, count * Side * Side).Select(i =>
            (byte)(i % Side < Side / 2 == (i / (Side * Side) % 2 == 0) ? 255 : 0))];

    private static void Write(string name, int[] sizes, byte[] values)
    {
        var header = new byte[4 + 4 * sizes.Length];
        (header[2], header[3]) = (8, (byte)sizes.Length);
        for (int i = 0; i < sizes.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), sizes[i]);
        }
        string path = Path.Combine("artifacts", "data", "mnist", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [.. header, .. values]);
    }
}
