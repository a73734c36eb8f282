using Diffusion.Sdk.Data;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Tests.Metrics;

public class ImageMetricsTests : TensorTest
{
    private static readonly FeatureMetricOptions s_few = new() { Resamples = 20 };

    [Fact]
    public void CompareWith_GoodBlurredAndOneSidedSamples_SaysWhatIsWrongWithEach()
    {
        using ImageClassifier classifier = ImageClassifier.Train(
            PatternImages.Make(600, 1), new() { Epochs = 3, BatchSize = 32 });
        TrainingData real = PatternImages.Make(600, 2);
        Samples Of(TrainingData images) => new(images.Values.ToArray(), [images.Count, 1, 8, 8]);

        ImageReport good = Of(PatternImages.Make(300, 3)).CompareWith(real, classifier, s_few);
        ImageReport noisy = Of(PatternImages.Make(300, 4, noise: 1)).CompareWith(real, classifier, s_few);
        ImageReport oneSided = Of(PatternImages.Make(new long[300], 5)).CompareWith(real, classifier, s_few);

        Assert.Equal((300, 600, $"64 {classifier.Description}"), (good.Generated, good.Real, good.Features));
        Assert.Matches(@"^features of a small classifier \([0-9a-f]{8}\)$", classifier.Description);
        Assert.True(good.FrechetDistance.Value < 2 * good.FrechetDistance.Floor);
        Assert.InRange(good.Precision.Value, good.Precision.Floor - 0.1, 1);
        Assert.InRange(good.ClassDistance!.Value, 0, 0.02);
        Assert.True(noisy.FrechetDistance.Lower > good.FrechetDistance.Upper);
        Assert.True(noisy.KernelDistance.Lower > good.KernelDistance.Upper);
        Assert.True(noisy.Precision.Value < good.Precision.Value / 2);
        Assert.Equal(2.0 / 3, oneSided.ClassDistance!.Value, 0.01);
        Assert.Equal([300, 0, 0], oneSided.Classes!.Counts);
        Assert.True(oneSided.Recall.Value < 0.4);
        Assert.True(oneSided.Precision.Value > 0.8);
    }

    [Fact]
    public void Report_AsText_IsATable()
    {
        var report = new ImageReport
        {
            Features = "64 features of a small classifier",
            Generated = 2000,
            Real = 10_000,
            FrechetDistance = new MetricResult(12.345, 1.23, 0.1) { Deviation = 0.5 },
            KernelDistance = new MetricResult(0.00123, -0.00001, 0.1) { Deviation = 0.0001 },
            Precision = new MetricResult(0.912, 0.95, 0.1) { Deviation = 0.01 },
            Recall = new MetricResult(0.5, double.NaN, double.NaN),
            ClassDistance = new MetricResult(0.04, 0.03, 0.1) { Deviation = 0.01 },
            Classes = new ClassHistogram([1, 3]),
            RealClasses = new ClassHistogram([1, 1]),
        };

        Assert.Equal(
            """
            2000 generated against 10000 real images, by 64 features of a small classifier
                                    value  95% interval            real against real
              Fréchet distance       12.3  [11.4, 13.3]            1.23
              kernel distance     0.00123  [0.00103, 0.00143]      -1E-05
              precision             0.912  [0.892, 0.932]          0.95
              recall                  0.5
              class distance         0.04  [0.0204, 0.0596]        0.03
              classes, % generated  25.0 75.0
              classes, % real       50.0 50.0

            """,
            report.ToString());
        Assert.DoesNotContain(
            "class", (report with { ClassDistance = null, Features = "x" }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_FeaturesOfTwoExtractors_IsRefused()
    {
        var points = new PointCloud(new float[16], 2);

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => ImageMetrics.Compare(new ImageFeatures("a", points), new ImageFeatures("b", points)));
        ArgumentException counts = Assert.Throws<ArgumentException>(
            () => new ImageFeatures("a", points, new ClassHistogram([7])));

        Assert.Contains("seen by a, the real ones by b", error.Message, StringComparison.Ordinal);
        Assert.Contains("8 images but classes of 7", counts.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToData_Samples_KeepsShapeAndRefusesWhatIsNotFinite()
    {
        TrainingData data = new Samples([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 2, 2]).ToData();

        Assert.Equal(2, data.Count);
        Assert.Equal([1, 2, 2], data.SampleShape);
        Assert.Throws<ArgumentException>(() => new Samples([1, float.NaN], [2, 1]).ToData());
    }
}
