using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

public sealed class BatchSourceTests : TrainingTest
{
    private static readonly TrainingOptions s_epochs = new() { BatchSize = 8, BatchOrder = BatchOrder.ShuffledEpochs };

    // Image i is a row of i, i + 100, i + 200 and of class i % 3.
    private static readonly ImageData s_images = ImageData.FromPixels(
        [.. Enumerable.Range(0, 20).SelectMany(i => new[] { (byte)i, (byte)(i + 100), (byte)(i + 200) })], 1, 1, 3,
        [.. Enumerable.Range(0, 20).Select(i => i % 3L)]);

    [Fact]
    public void Next_ShuffledEpochs_SeesEverySampleOncePerEpoch()
    {
        TrainingData data = TrainingData.FromPoints(Enumerable.Range(0, 20).Select(i => new[] { i - 9.5f, 0f }));
        using BatchSource source = SourceOf(data, s_epochs);
        float[] seen = [.. Enumerable.Range(0, 5).SelectMany(step => Column(source, step, 0, 2))];
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i - 9.5f), seen[..20].Order());
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i - 9.5f), seen[20..].Order());
        Assert.NotEqual(seen[..20], seen[20..]);
        Assert.Equal(seen[24..32], Column(source, 3, 0, 2)); // out of turn, as after a resumption
    }

    [Fact]
    public void Next_Images_GivesTheValuesOfTheBytesWithTheirLabels()
    {
        using BatchSource source = SourceOf(s_images, s_epochs, withLabels: true);
        for (int step = 0; step < 5; step++)
        {
            using var scope = NewDisposeScope();
            Batch batch = source.Next(step);
            Assert.Equal([8L, 1, 1, 3], batch.Clean.shape);
            float[] values = batch.Clean.data<float>().ToArray();
            long[] labels = batch.Condition!.data<long>().ToArray();
            for (int row = 0; row < 8; row++)
            {
                int image = (int)MathF.Round((values[3 * row] + 1) * 127.5f);
                Assert.Equal(s_images.Values.Slice(3 * image, 3).ToArray(), values[(3 * row)..(3 * row + 3)]);
                Assert.Equal(image % 3, labels[row]);
            }
        }
    }

    [Fact]
    public void Next_Standardized_GivesTheUnitsOfTheDenoiser()
    {
        var units = new Standardization([0.5f], [2]);
        using var source = new BatchSource(
            new StoredData(s_images, units, false, CPU), s_epochs, new PhiloxStreams(0), 10, nullLabel: 0);
        float[] seen = [.. Column(source, 0, 0, 3), .. Column(source, 1, 0, 3), .. Column(source, 2, 0, 3)[..4]];
        float[] expected = [.. Enumerable.Range(0, 20).Select(i => (i / 127.5f - 1 - 0.5f) / 2)];
        Assert.Equal(expected, seen.Order(), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Next_Images_MakesNoManagedCopyOfThem()
    {
        ImageData images = ImageData.FromPixels(new byte[100 * 3 * 64 * 64], 3, 64, 64);
        using BatchSource source = SourceOf(images, s_epochs with { HorizontalFlips = true });
        Visit(0); // the order of the epoch, and what the runtime compiles
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 1; step < 11; step++)
        {
            Visit(step);
        }
        long perStep = (GC.GetAllocatedBytesForCurrentThread() - before) / 10;
        Assert.InRange(perStep, 0, 8 * 3 * 64 * 64 / 10); // a tenth of the batch's bytes, a fortieth of its values

        void Visit(long step)
        {
            using var scope = NewDisposeScope();
            source.Next(step);
        }
    }

    [Fact]
    public void Next_HorizontalFlips_TurnsAboutHalfAndTheSameEachTime()
    {
        TrainingOptions options = s_epochs with { HorizontalFlips = true };
        using BatchSource source = SourceOf(s_images, options, withLabels: true);
        using BatchSource again = SourceOf(s_images, options);
        int turned = 0;
        for (int step = 0; step < 50; step++)
        {
            using var scope = NewDisposeScope();
            Batch batch = source.Next(step);
            byte[] values = [.. batch.Clean.data<float>().ToArray().Select(v => (byte)MathF.Round((v + 1) * 127.5f))];
            Assert.Equal(batch.Clean.data<float>().ToArray(), again.Next(step).Clean.data<float>().ToArray());
            foreach (byte[] row in values.Chunk(3))
            {
                byte image = Math.Min(row[0], row[2]);
                Assert.Equal([image, (byte)(image + 100), (byte)(image + 200)], row.Order());
                Assert.Equal(image + 100, row[1]);
                turned += row[0] > row[2] ? 1 : 0;
            }
        }
        Assert.InRange(turned, 160, 240); // of 400; four deviations are 40
    }

    [Fact]
    public void Next_Flips_AreAStreamOfTheirOwn()
    {
        using BatchSource plain = SourceOf(s_images, s_epochs);
        using BatchSource flipped = SourceOf(s_images, s_epochs with { HorizontalFlips = true });
        using var scope = NewDisposeScope();
        (Batch first, Batch second) = (plain.Next(3), flipped.Next(3));
        Assert.Equal(first.Noise.data<float>().ToArray(), second.Noise.data<float>().ToArray());
        Assert.Equal(first.Timesteps, second.Timesteps);
        Assert.Equal(Middle(first), Middle(second));

        static float[] Middle(Batch batch) => [.. batch.Clean.data<float>().ToArray().Where((_, i) => i % 3 == 1)];
    }

    [Fact]
    public void Run_DenoiserOfClasses_IsGivenEachSamplesLabel()
    {
        using var denoiser = new Classes(3);
        NewTrainer(denoiser, Tiny with { Steps = 20 }).Run(s_images).Dispose();
        Assert.Equal([0L, 1, 2], denoiser.Seen.Distinct().Order());
        Assert.Equal(20 * 16, denoiser.Seen.Count);
    }

    [Fact]
    public void Run_DenoiserWithoutClasses_IsGivenNoLabels()
    {
        using var denoiser = new Classes(null);
        NewTrainer(denoiser, Tiny with { Steps = 2 }).Run(s_images).Dispose();
        Assert.Empty(denoiser.Seen);
    }

    [Fact]
    public void Run_LabelsThatDoNotFitTheDenoiser_SaysBoth()
    {
        using var denoiser = new Classes(2);
        TrainingData none = ImageData.FromPixels([0, 128, 255], 1, 1, 3);
        Assert.StartsWith(
            "The data have 3 classes, but the denoiser knows only 2.",
            Assert.Throws<ArgumentException>(() => NewTrainer(denoiser, Tiny).Run(s_images)).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "The denoiser is conditioned on one of 2 classes, but the data have no labels.",
            Assert.Throws<ArgumentException>(() => NewTrainer(denoiser, Tiny).Run(none)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FlipsOfPoints_SaysTheyAreForImages()
    {
        using MlpDenoiser denoiser = NewDenoiser();
        Assert.StartsWith(
            "HorizontalFlips is for images [C, H, W], but the data have samples of shape [2].",
            Assert.Throws<ArgumentException>(
                () => NewTrainer(denoiser, Tiny with { HorizontalFlips = true }).Run(Data)).Message,
            StringComparison.Ordinal);
    }

    private static BatchSource SourceOf(TrainingData data, TrainingOptions options, bool withLabels = false) =>
        new(new StoredData(data, null, withLabels, CPU), options, new PhiloxStreams(0), 10, data.NumClasses);

    // One value of each sample of a batch.
    private static float[] Column(BatchSource source, long step, int column, int width)
    {
        using var scope = NewDisposeScope();
        return [.. source.Next(step).Clean.data<float>().ToArray().Where((_, i) => i % width == column)];
    }

    /// <summary>Keeps the labels it is given.</summary>
    private sealed class Classes : Denoiser
    {
        private readonly Linear _layer = nn.Linear(3, 3);
        private readonly int? _count;

        public Classes(int? count)
            : base(nameof(Classes))
        {
            _count = count;
            RegisterComponents();
        }

        public override IReadOnlyList<int> SampleShape => [1, 1, 3];

        public override int? NumClasses => _count;

        public List<long> Seen { get; } = [];

        public override string ToConfigJson() => "{}";

        public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3)
        {
            Seen.AddRange(input3 is null ? [] : input3.data<long>().ToArray());
            return _layer.forward(input1);
        }
    }
}
