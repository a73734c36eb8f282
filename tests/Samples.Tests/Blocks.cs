using System.Buffers.Binary;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using SampleKit;

namespace Samples.Tests;

/// <summary>Images of ten classes, a bright column or a bright row, and a network that learns them in seconds.</summary>
internal static class Blocks
{
    public const int Side = 8;

    public static ImageSample Sample { get; } = Short(new ImageSample
    {
        Name = "tiny",
        DataSet = "blocks",
        Network = new UNet2DConfig
        {
            SampleSize = Side,
            InChannels = 1,
            OutChannels = 1,
            BlockOutChannels = [8, 8],
            DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.DownBlock2D],
            UpBlockTypes = [UpBlockType.UpBlock2D, UpBlockType.UpBlock2D],
            LayersPerBlock = 1,
            NormNumGroups = 4,
            NumClassEmbeds = ImageSet.Classes + 1,
        },
        Noise = new DdpmSchedulerConfig { NumTrainTimesteps = 50, BetaStart = 0.002, BetaEnd = 0.3 },
    });

    /// <summary>How the rate of the samples falls.</summary>
    public static LearningRateSchedule Decaying { get; } = new ImageSample { Name = "", DataSet = "" }
        .Training.LearningRateSchedule;

    /// <summary>Writes the files of the set.</summary>
    public static void Write(string folder, int train)
    {
        Write(Path.Combine(folder, Sample.DataSet), "train", train);
        Write(Path.Combine(folder, Sample.DataSet), "t10k", 20);
    }

    // The recipe of the samples, but exact, and fast on a set so small.
    private static ImageSample Short(ImageSample sample) => sample with
    {
        Training = sample.Training with
        {
            BatchSize = 8, ReportEvery = 1, Precision = Precision.Full, LearningRate = 5e-3,
            LearningRateSchedule = new LearningRateSchedule(),
        },
    };

    private static void Write(string folder, string part, int count)
    {
        var images = new byte[count * Side * Side];
        for (int i = 0; i < images.Length; i++)
        {
            (int image, int row, int column) = (i / (Side * Side), i / Side % Side, i % Side);
            int label = image % 10;
            images[i] = (byte)((label < 5 ? column : row) == label % 5 ? 255 : 0);
        }
        Write(folder, $"{part}-images-idx3-ubyte", [count, Side, Side], images);
        Write(folder, $"{part}-labels-idx1-ubyte", [count], [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]);
    }

    private static void Write(string folder, string name, int[] sizes, byte[] values)
    {
        var header = new byte[4 + 4 * sizes.Length];
        (header[2], header[3]) = (8, (byte)sizes.Length);
        for (int i = 0; i < sizes.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), sizes[i]);
        }
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name), [.. header, .. values]);
    }
}
