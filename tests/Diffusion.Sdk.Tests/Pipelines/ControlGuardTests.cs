using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>Every refused control says the argument, its value and what was expected.</summary>
public sealed class ControlGuardTests : PipelineTest
{
    private static readonly Samples s_point = new([1, 2], [1, 2]);

    public static TheoryData<GenerateOptions, string> ForAnyDenoiser => new()
    {
        { new() { GuidanceScale = -1 }, "GuidanceScale is -1; expected a finite number of at least 0" },
        { new() { GuidanceScale = double.NaN }, "GuidanceScale is NaN; expected a finite number" },
        { new() { NullLabel = -1 }, "NullLabel is -1; expected an integer of at least 0, or null" },
        { new() { Strength = 1.5, Original = s_point }, "Strength is 1.5; expected a number in [0, 1]" },
        { new() { Strength = double.NaN, Original = s_point }, "Strength is NaN; expected a number in [0, 1]" },
        { new() { Strength = 0.5 }, "Strength is 0.5; expected 1, or an Original to start from" },
        { new() { Known = [true, false] }, "Known is given; expected null, or an Original to keep a part of" },
        { new() { Resamples = 0 }, "Resamples is 0; expected an integer of at least 1" },
        { new() { Resamples = 2 }, "Resamples is 2; expected 1, or a Known part to fit to" },
        {
            new() { Known = [true], Original = s_point },
            "Known has 1 values; expected 2, since a sample has shape [2]"
        },
        {
            new() { Original = new Samples([1, 2, 3], [1, 3]) },
            "Original has shape [1, 3]; expected [1, 2] for all 4 samples, or [4, 2]"
        },
        {
            new() { Original = new Samples([1, 2, 3, 4], [2, 2]) },
            "Original has shape [2, 2]; expected [1, 2] for all 4 samples, or [4, 2]"
        },
        {
            new() { Original = new Samples([1, float.PositiveInfinity], [1, 2]) },
            "Original holds Infinity in sample 0; expected finite numbers"
        },
        {
            new() { InitialNoise = new Samples([1, 2], [1, 2, 1, 1]) },
            "InitialNoise has shape [1, 2, 1, 1]; expected [1, 2]"
        },
    };

    [Theory, MemberData(nameof(ForAnyDenoiser), DisableDiscoveryEnumeration = true)]
    public void Generate_ValueOutOfRange_SaysNameValueAndExpectation(GenerateOptions options, string message)
    {
        using DdpmPipeline pipeline = NewPipeline();

        Refuses(pipeline, options, message);
    }

    [Fact]
    public void Generate_LabelsForADenoiserWithoutClasses_AreRefused()
    {
        using DdpmPipeline pipeline = NewPipeline();

        Refuses(pipeline, new() { Labels = [1] }, "Labels is given; expected null, since the SmallDenoiser takes no");
        Refuses(pipeline, new() { GuidanceScale = 2 }, "GuidanceScale is 2; expected 1, since the SmallDenoiser");
    }

    [Theory]
    [InlineData(null, null, 1, "Labels is null; expected a label in [0, 3) for all samples or for each, since the")]
    [InlineData(new long[] { 0, 1 }, null, 1, "Labels is a list of 2; expected one label for all 4 samples, or 4")]
    [InlineData(new long[] { 3 }, null, 1, "Labels[0] is 3; expected a class in [0, 3)")]
    [InlineData(new long[] { 0, 1, -1, 2 }, null, 1, "Labels[2] is -1; expected a class in [0, 3)")]
    [InlineData(new long[] { 1 }, null, 2, "GuidanceScale is 2; expected 1, or a NullLabel, since the Class")]
    [InlineData(null, 2L, 2, "GuidanceScale is 2; expected 1, since there are no Labels to guide to")]
    [InlineData(new long[] { 1 }, 3L, 1, "NullLabel is 3; expected a label in [0, 3)")]
    public void Generate_LabelsThatDoNotFit_SayNameValueAndExpectation(
        long[]? labels, long? nothing, double scale, string message)
    {
        using var denoiser = new ClassDenoiser(3);
        using var pipeline = new DdpmPipeline(denoiser, new DdpmScheduler(Config));

        Refuses(pipeline, new() { Labels = labels, NullLabel = nothing, GuidanceScale = scale }, message);
    }

    [Fact]
    public void Generate_KnownOfImages_SaysBothLengths()
    {
        using var denoiser = new SmallDenoiser(1, 3, 2, 4);
        using var pipeline = new DdpmPipeline(denoiser, new DdpmScheduler(Config));
        var options = new GenerateOptions { Original = new Samples(new float[24], [1, 3, 2, 4]), Known = new bool[3] };

        Refuses(pipeline, options, "Known has 3 values; expected 8 for the pixels, alike in all channels, or 24,");
    }

    private static void Refuses(DdpmPipeline pipeline, GenerateOptions options, string message) => Assert.Contains(
        message, Assert.ThrowsAny<ArgumentException>(() => pipeline.Generate(4, 5, 1, options)).Message,
        StringComparison.Ordinal);
}
