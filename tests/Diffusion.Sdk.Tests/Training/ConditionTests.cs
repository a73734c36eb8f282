using System.Numerics;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Training;

namespace Diffusion.Sdk.Tests.Training;

/// <summary>Samples that are conditioned on numbers, from the data to what is generated.</summary>
public sealed class ConditionTests : TrainingTest
{
    // Point i is (c, -c) for the condition c = -1 or 1.
    private static readonly TrainingData s_points = TrainingData.FromPoints(
        Enumerable.Range(0, 40).Select(i => new Vector2(Of(i), -Of(i))),
        Enumerable.Range(0, 40).Select(i => new[] { Of(i) }));

    private static readonly TrainingOptions s_options = Tiny with { Steps = 400, BatchSize = 64 };

    [Fact]
    public void Generate_TrainedOnConditions_MakesWhatIsAskedFor()
    {
        using MlpDenoiser denoiser = NewConditioned();
        NewTrainer(denoiser, s_options).Run(s_points).Dispose();
        using var pipeline = new DdpmPipeline(denoiser, NewScheduler());

        Samples samples = pipeline.Generate(6, seed: 1, options: new GenerateOptions
        {
            Conditions = new float[,] { { 1 }, { -1 }, { 1 }, { -1 }, { 1 }, { -1 } }, BlockSize = 4,
        });
        Samples same = pipeline.Generate(
            3, seed: 1, options: new GenerateOptions { Conditions = new float[,] { { 1 } }, FixedBlocks = true });

        Assert.All(samples.ToPoints().Index(), point => Assert.InRange(point.Item.X * Of(point.Index), -2, -0.3));
        Assert.All(same.ToPoints(), point => Assert.InRange(point.X, 0.3, 2));
    }

    [Fact]
    public void Resume_Conditions_EndsWithTheWeightsOfAnUnbrokenRun()
    {
        using var folder = new TemporaryFolder();
        TrainingOptions options = Tiny with { Steps = 20 };
        using MlpDenoiser unbroken = NewConditioned(), resumed = NewConditioned();
        NewTrainer(unbroken, options).Run(s_points).Dispose();
        TrainingOptions saving =
            options with { Checkpoints = new CheckpointOptions { Directory = folder.Path, Every = 5 } };

        NewTrainer(resumed, saving with { Steps = 10 }).Run(s_points).Dispose();
        NewTrainer(resumed, saving).Resume(s_points).Dispose();

        Assert.Equal(Weights(unbroken), Weights(resumed));
        TrainingData others = TrainingData.FromPoints(
            Enumerable.Range(0, 40).Select(i => new Vector2(Of(i), -Of(i))), Enumerable.Repeat(new[] { 1f }, 40));
        var error = Assert.Throws<InvalidDataException>(() => NewTrainer(resumed, saving).Resume(others));
        Assert.Contains("conditions (there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_AndGenerate_ConditionsThatDoNotFit_AreRefused()
    {
        using MlpDenoiser denoiser = NewConditioned(), plain = NewDenoiser();
        using DdpmPipeline pipeline = new(denoiser, NewScheduler()), unconditioned = new(plain, NewScheduler());

        Refuses("conditioned on 1 numbers, but the data have 0", () => NewTrainer(denoiser, Tiny).Run(Data));
        Refuses("Conditions is null; expected [1, 1] for all samples or [3, 1]", () => pipeline.Generate(3));
        Refuses("Conditions is [2, 1]; expected [1, 1]", () => pipeline.Generate(3, options: With(new float[2, 1])));
        Refuses("not finite", () => pipeline.Generate(3, options: With(new[,] { { float.NaN } })));
        Refuses("Conditions is given; expected null", () => unconditioned.Generate(3, options: With(new float[1, 1])));
        Refuses(
            "There are 1 conditions for 2 points",
            () => TrainingData.FromPoints([Vector2.One, Vector2.One], [[1f]]));

        static GenerateOptions With(float[,] conditions) => new() { Conditions = conditions };
    }

    private static float Of(int index) => index % 2 == 0 ? -1 : 1;

    private static MlpDenoiser NewConditioned() => new(TinyConfig with { ConditionWidth = 1, Width = 16 });

    private static void Refuses(string message, Action action) => Assert.Contains(
        message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
