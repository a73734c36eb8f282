using Diffusion.Sdk.Data;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Tests.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Metrics;

public class ImageClassifierTests : TensorTest
{
    private static readonly ImageClassifierOptions s_short = new() { Epochs = 4, BatchSize = 32 };

    [Fact]
    public void Train_EasyImages_LearnsThemAndReports()
    {
        var reports = new List<ImageClassifierProgress>();

        using ImageClassifier classifier = ImageClassifier.Train(
            PatternImages.Make(600, 1), s_short, new Progress<ImageClassifierProgress>(reports.Add));

        TrainingData unseen = PatternImages.Make(300, 2);
        double accuracy = classifier.Accuracy(unseen);
        Assert.InRange(accuracy, 0.98, 1);
        IReadOnlyList<ImageClass> read = classifier.Classify(unseen);
        Assert.Equal(accuracy, read.Zip(unseen.Labels.ToArray(), (r, label) => r.Label == label ? 1.0 : 0).Average(), 1e-9);
        Assert.All(read, one => Assert.InRange(one.Confidence, 1 / 3.0, 1));
        Assert.InRange(read.Average(one => one.Confidence), 0.9, 1);
        Assert.Equal((3, 64), (classifier.NumClasses, classifier.FeatureCount));
        Assert.Equal([1, 8, 8], classifier.ImageShape);
        Assert.Equal([50, 72], reports.Select(report => report.Step));
        Assert.All(reports, report => Assert.Equal(72, report.TotalSteps));
        Assert.True(reports[1].Loss < reports[0].Loss);
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameFeaturesAndSurvivesAFile()
    {
        using var folder = new TemporaryFolder();
        TrainingData images = PatternImages.Make(90, 1);
        ImageClassifierOptions once = new() { Epochs = 1, BatchSize = 16, Seed = 5 };
        using ImageClassifier first = ImageClassifier.Train(images, once);
        using ImageClassifier second = ImageClassifier.Train(images, once);
        using ImageClassifier other = ImageClassifier.Train(images, once with { Seed = 6 });
        first.Save(folder.File("classifier.safetensors"));
        using ImageClassifier loaded = ImageClassifier.FromSafetensors(folder.File("classifier.safetensors"));

        ImageFeatures features = first.Extract(images);
        Assert.Equal(1, features.Vectors.Values.ToArray().Average(v => (double)v * v), 1e-5);
        Assert.Equal((90, 64), (features.Vectors.Count, features.Vectors.Dimensions));
        Assert.Equal(features.Vectors.Values.ToArray(), second.Extract(images).Vectors.Values.ToArray());
        Assert.Equal(features.Vectors.Values.ToArray(), loaded.Extract(images).Vectors.Values.ToArray());
        Assert.NotEqual(features.Vectors.Values.ToArray(), other.Extract(images).Vectors.Values.ToArray());
        Assert.Equal(features.Classes!.Counts, loaded.Extract(images).Classes!.Counts);
    }

    [Fact]
    public void Extract_ValuesOutsideAndBetweenLevels_AreSeenAsThePictureWouldBe()
    {
        using ImageClassifier classifier = ImageClassifier.Train(
            PatternImages.Make(30, 1), s_short with { Epochs = 1 });
        float[] values = [.. Enumerable.Range(0, 64).Select(i => (float)(1.4 * Hashed.At(i, 3)))];
        float[] picture = [.. values.Select(
            v => (float)(Math.Round((Math.Clamp(v, -1, 1) + 1) * 127.5) / 127.5 - 1))];

        float[] raw = classifier.Extract(TrainingData.FromValues(values, 1, 8, 8)).Vectors.Values.ToArray();
        float[] seen = classifier.Extract(TrainingData.FromValues(picture, 1, 8, 8)).Vectors.Values.ToArray();

        Assert.Equal(seen.Length, raw.Length);
        Assert.All(seen.Zip(raw), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Classifier_WrongImages_SayWhatIsExpected()
    {
        using ImageClassifier classifier = ImageClassifier.Train(
            PatternImages.Make(30, 1), s_short with { Epochs = 1 });

        Says("labels of 0 classes; expected at least 2", () => ImageClassifier.Train(
            TrainingData.FromValues(new float[2 * 64], 1, 8, 8)));
        Says("[1, 3, 8]; expected at least 4 rows and columns", () => ImageClassifier.Train(
            TrainingData.FromValues(new float[2 * 24], [0, 1], 1, 3, 8)));
        Says("[5]; expected images", () => ImageClassifier.Train(TrainingData.FromValues(new float[10], [0, 1], 5)));
        Says("this classifier was trained on [1, 8, 8]", () => classifier.Extract(
            TrainingData.FromValues(new float[2 * 32], 1, 4, 8)));
        Says("labels of 0 classes; expected 1 to 3", () => classifier.Accuracy(
            TrainingData.FromValues(new float[2 * 64], 1, 8, 8)));
        Says("labels of 5 classes; expected 1 to 3", () => classifier.Accuracy(
            TrainingData.FromValues(new float[2 * 64], [0, 4], 1, 8, 8)));
    }

    [Fact]
    public void FromSafetensors_FileOfSomethingElse_SaysWhatIsWrong()
    {
        using var folder = new TemporaryFolder();
        using Tensor one = ones(1);
        var tensors = new Dictionary<string, Tensor> { ["weight"] = one };
        TensorFile.Save(folder.File("other.safetensors"), tensors);
        TensorFile.Save(
            folder.File("sizes.safetensors"), tensors, new Dictionary<string, string> { ["sizes"] = "1 8 8" });
        TensorFile.Save(
            folder.File("keys.safetensors"), tensors, new Dictionary<string, string> { ["sizes"] = "1 8 8 3" });

        string Error(string name) => Assert.Throws<InvalidDataException>(
            () => ImageClassifier.FromSafetensors(folder.File(name))).Message;

        Assert.EndsWith(
            "its sizes are missing; expected channels, height, width and classes.", Error("other.safetensors"),
            StringComparison.Ordinal);
        Assert.Contains("its sizes are \"1 8 8\"", Error("sizes.safetensors"), StringComparison.Ordinal);
        Assert.Contains(
            "does not fit ImageClassifier: \"scale\" is missing", Error("keys.safetensors"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Cancelled_StopsAndLeavesNothing()
    {
        using var source = new CancellationTokenSource();
        var progress = new Progress<ImageClassifierProgress>(_ => source.Cancel());

        Assert.ThrowsAny<OperationCanceledException>(
            () => ImageClassifier.Train(PatternImages.Make(2000, 1), s_short, progress, source.Token));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageClassifierOptions { Epochs = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageClassifierOptions { BatchSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageClassifierOptions { LearningRate = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageClassifierOptions { LearningRate = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new ImageClassifierOptions { LearningRate = double.PositiveInfinity });
    }

    private static void Says(string expected, Action action) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);

    // Reports at once, on the thread that reports.
    private sealed class Progress<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
