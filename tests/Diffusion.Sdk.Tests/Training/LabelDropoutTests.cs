using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

/// <summary>Which labels are dropped, what is known of it afterwards, and what is refused.</summary>
public sealed class LabelDropoutTests : TrainingTest
{
    // Point i is (i, 0) of class i % 3.
    private static readonly TrainingData s_points = TrainingData.FromValues(
        [.. Enumerable.Range(0, 30).SelectMany(i => new[] { (i - 14.5f) / 10, 0 })],
        [.. Enumerable.Range(0, 30).Select(i => i % 3L)], 2);

    private static readonly TrainingOptions s_dropping = Tiny with { LabelDropout = 0.2, BatchSize = 50 };

    [Fact]
    public void Next_LabelDropout_PutsTheNullLabelInPlaceOfThatShare()
    {
        using BatchSource plain = SourceOf(s_dropping with { LabelDropout = 0 });
        using BatchSource dropping = SourceOf(s_dropping);
        int dropped = 0;
        for (int step = 0; step < 40; step++)
        {
            using var scope = NewDisposeScope();
            (Batch all, Batch some) = (plain.Next(step), dropping.Next(step));
            Assert.Equal(all.Clean.data<float>().ToArray(), some.Clean.data<float>().ToArray());
            Assert.Equal(all.Timesteps, some.Timesteps);
            (long[] labels, long[] shown) = (Labels(all), Labels(some));
            Assert.All(labels.Zip(shown), pair => Assert.True(pair.Second == pair.First || pair.Second == 3));
            Assert.Equal(shown, Labels(dropping.Next(step))); // out of turn, as after a resumption
            dropped += shown.Count(label => label == 3);
        }
        Assert.InRange(dropped, 328, 472); // of 2000, expected 400; four deviations are 72
    }

    [Fact]
    public void Next_LabelDropout_IsTheStreamOfThatPurpose()
    {
        using BatchSource dropping = SourceOf(s_dropping);
        using var scope = NewDisposeScope();
        var draws = new float[50];
        new PhiloxStreams(0).Uniform(RandomPurpose.LabelDropout, 0, 50, 7, draws);

        long[] shown = Labels(dropping.Next(7));

        Assert.Equal(draws.Select(draw => draw < 0.2f), shown.Select(label => label == 3));
    }

    [Fact]
    public void Run_LabelDropout_IsInTheRecordAndStaysThere()
    {
        using MlpDenoiser denoiser = NewClasses(4);
        NewTrainer(denoiser, s_dropping with { Steps = 3 }).Run(s_points).Dispose();
        Assert.Equal(3, denoiser.TrainingRecord!.NullLabel);
        Assert.Equal(3, TrainingRecord.FromJson(denoiser.TrainingRecord.ToJson()).NullLabel);

        NewTrainer(denoiser, s_dropping with { Steps = 3, LabelDropout = 0 }).Run(s_points).Dispose();
        Assert.Equal(3, denoiser.TrainingRecord!.NullLabel);

        using MlpDenoiser other = NewClasses(4);
        NewTrainer(other, s_dropping with { Steps = 3, LabelDropout = 0 }).Run(s_points).Dispose();
        Assert.Null(other.TrainingRecord!.NullLabel);
    }

    [Fact]
    public void Run_DenoiserThatKnowsNoClassAlready_GoesOnWithItsLabel()
    {
        using MlpDenoiser denoiser = NewClasses(12);
        NewTrainer(denoiser, s_dropping with { Steps = 1 }).Run(s_points).Dispose();
        denoiser.TrainingRecord = denoiser.TrainingRecord! with { NullLabel = 10 };
        NewTrainer(denoiser, s_dropping with { Steps = 1 }).Run(s_points).Dispose();
        Assert.Equal(10, denoiser.TrainingRecord!.NullLabel);

        denoiser.TrainingRecord = denoiser.TrainingRecord! with { NullLabel = 1 }; // a class of these data
        NewTrainer(denoiser, s_dropping with { Steps = 1 }).Run(s_points).Dispose();
        Assert.Equal(3, denoiser.TrainingRecord!.NullLabel);
    }

    [Fact]
    public void Resume_LabelDropout_EndsWithTheWeightsOfAnUnbrokenRun()
    {
        using var folder = new TemporaryFolder();
        TrainingOptions options = s_dropping with { Steps = 20 };
        using MlpDenoiser unbroken = NewClasses(4), resumed = NewClasses(4);
        NewTrainer(unbroken, options).Run(s_points).Dispose();
        var checkpoints = new CheckpointOptions { Directory = folder.Path, Every = 5 };
        TrainingOptions saving = options with { Checkpoints = checkpoints };

        NewTrainer(resumed, saving with { Steps = 10 }).Run(s_points).Dispose();
        NewTrainer(resumed, saving).Resume(s_points).Dispose();

        Assert.Equal(Weights(unbroken), Weights(resumed));
        var error = Assert.Throws<InvalidDataException>(
            () => NewTrainer(resumed, saving with { LabelDropout = 0.1 }).Resume(s_points));
        Assert.Contains("label_dropout (there 0.2, here 0.1)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoRoomForNoClass_SaysWhatIsNeeded()
    {
        using MlpDenoiser three = NewClasses(3), none = NewDenoiser();

        Refuses("expected a denoiser of 4 classes", three, s_dropping, s_points);
        Refuses("LabelDropout is 0.2, but the denoiser takes no class labels; expected 0", none, s_dropping, s_points);
        Refuses("the data have no labels", three, s_dropping, Data);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Validate_LabelDropoutOutOfRange_IsRefused(double dropout) => Assert.Contains(
        $"LabelDropout is {dropout}; expected a number in [0, 1)",
        Assert.ThrowsAny<ArgumentException>((Tiny with { LabelDropout = dropout }).Validate).Message,
        StringComparison.Ordinal);

    private static BatchSource SourceOf(TrainingOptions options) =>
        new(new StoredData(s_points, null, true, CPU), options, new PhiloxStreams(0), 10, s_points.NumClasses);

    private static MlpDenoiser NewClasses(int classes) => new(TinyConfig with { NumClassEmbeds = classes });

    private static long[] Labels(Batch batch) => batch.Condition!.data<long>().ToArray();

    private static void Refuses(string message, Denoiser denoiser, TrainingOptions options, TrainingData data) =>
        Assert.Contains(
            message, Assert.Throws<ArgumentException>(() => NewTrainer(denoiser, options).Run(data)).Message,
            StringComparison.Ordinal);
}
