using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

/// <summary>What the controls do to a model that was really trained.</summary>
public sealed class TrainedClassesTests(TrainedClasses trained) : TensorTest, IClassFixture<TrainedClasses>
{
    private const int Count = 1500;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Generate_Label_GivesThePointsOfThatClass(bool ddim)
    {
        using DdpmPipeline pipeline = NewPipeline(ddim);
        for (int label = 0; label < 3; label++)
        {
            (double x, double y) = Mean(pipeline.Generate(Count, 50, label, new GenerateOptions { Labels = [label] }));
            Assert.Equal(TrainedClasses.Corner(label).X, x, 0.25);
            Assert.Equal(TrainedClasses.Corner(label).Y, y, 0.25);
        }
    }

    [Fact]
    public void Generate_NoLabel_GivesAllClasses()
    {
        using DdpmPipeline pipeline = NewPipeline(ddim: true);

        Samples samples = pipeline.Generate(Count, 50, 5);

        (double x, double y) = Mean(samples);
        Assert.Equal(0, x, 0.3);
        Assert.Equal(0, y, 0.3);
        Assert.All(Enumerable.Range(0, 3), label => Assert.Equal(1 / 3.0, Share(samples, label), 0.1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Generate_MoreGuidance_GivesPointsThatBelongToTheClassMoreSurely(bool ddim)
    {
        using DdpmPipeline pipeline = NewPipeline(ddim);
        double Sureness(int label, double scale)
        {
            var options = new GenerateOptions { Labels = [label], GuidanceScale = scale };
            return Share(pipeline.Generate(Count, 50, label, options), label);
        }

        for (int label = 0; label < 3; label++)
        {
            double[] shares = [.. new[] { 0, 0.5, 1, 2, 4 }.Select(scale => Sureness(label, scale))];
            Assert.Equal(shares.Order(), shares);
            Assert.Equal(1 / 3.0, shares[0], 0.1);
            Assert.InRange(shares[2], 0.7, 0.85); // of the data themselves it is 0.77
            Assert.InRange(shares[4], 0.95, 1);
        }
    }

    [Fact]
    public void Invert_TrainedModel_ReturnsWithAnErrorThatFallsWithTheSteps()
    {
        using DdpmPipeline pipeline = NewPipeline(ddim: true);
        var data = new Samples(trained.Data.Values.Span[..(2 * 300)].ToArray(), [300, 2]);
        long[] labels = trained.Data.Labels.Span[..300].ToArray();
        var options = new GenerateOptions { Labels = labels };

        double[] errors = [.. new[] { 10, 25, 50, 100, 200 }.Select(steps =>
        {
            Samples noise = pipeline.Invert(data, steps, options);
            Samples back = pipeline.Generate(300, steps, 1, options with { InitialNoise = noise });
            return back.Values.ToArray().Zip(data.Values.ToArray(), (a, b) => Math.Abs(a - b)).Average();
        })];

        Assert.Equal(errors.OrderDescending(), errors);
        Assert.InRange(errors[^1], 0, errors[0] / 8);
        Assert.InRange(errors[^1], 0, 0.03);
    }

    [Fact]
    public void Generate_KnownCoordinateAndClass_FillsInTheOther()
    {
        // Given the class the two coordinates are independent: y is normal around the corner's, whatever x is.
        using DdpmPipeline pipeline = NewPipeline(ddim: false);
        var options = new GenerateOptions
        {
            Labels = [1], Original = new Samples([-1f, 0], [1, 2]), Known = [true, false], Resamples = 3,
        };

        Samples samples = pipeline.Generate(Count, 50, 3, options);

        Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(-1f, samples[i][0]));
        Assert.Equal(TrainedClasses.Corner(1).Y, Mean(samples).Y, 0.25);
    }

    [Fact]
    public void Generate_AnotherLabelFromAPoint_MovesItTowardsThatClass()
    {
        using DdpmPipeline pipeline = NewPipeline(ddim: true);
        (float x, float y) = TrainedClasses.Corner(0);
        double Moved(double strength) => Share(
            pipeline.Generate(Count, 50, 3, new GenerateOptions
            {
                Original = new Samples([x, y], [1, 2]), Strength = strength, Labels = [1],
            }), 1);

        double[] shares = [.. new[] { 0, 0.3, 0.6, 1 }.Select(Moved)];

        Assert.Equal(shares.Order(), shares);
        Assert.InRange(shares[0], 0, 0.1);
        Assert.InRange(shares[^1], 0.7, 0.85);
    }

    private DdpmPipeline NewPipeline(bool ddim) =>
        new(trained.Denoiser, ddim ? DdimScheduler.FromConfig(trained.Scheduler.Config) : trained.Scheduler);

    private static (double X, double Y) Mean(Samples samples) => (
        Enumerable.Range(0, samples.Count).Average(i => samples[i][0]),
        Enumerable.Range(0, samples.Count).Average(i => samples[i][1]));

    /// <summary>How surely points belong to a class, on average.</summary>
    private static double Share(Samples samples, int label) => Enumerable.Range(0, samples.Count)
        .Average(i => TrainedClasses.Posterior(label, samples[i][0], samples[i][1]));
}
