using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Docs.Tests.Snippets;

/// <summary>The training loop and averages of the weights.</summary>
public sealed class Learning : SnippetTest
{
    [Fact]
    public void Loop()
    {
        using MlpDenoiser model = Given.Points();
        DdpmScheduler scheduler = Given.Noise();
        TrainingData data = Given.Moons();

        #region training-loop
        using var adam = optim.Adam(model.parameters(), lr: 1e-3);
        var random = new Random(0);
        int steps = 4000, batch = 256;
        steps = 3; // hidden
        for (int step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();                                         // frees what a step makes
            long[] rows = [.. Enumerable.Range(0, batch).Select(_ => random.NextInt64(data.Count))];
            long[] t = [.. Enumerable.Range(0, batch).Select(_ => random.NextInt64(scheduler.NumTrainTimesteps))];
            Tensor clean = data.GetBatch(rows);                                          // x_0
            Tensor noise = randn_like(clean);                                            // epsilon
            Tensor noisy = scheduler.AddNoise(clean, noise, t);                          // x_t
            Tensor loss = nn.functional.mse_loss(model.call(noisy, tensor(t), null), noise);
            adam.zero_grad();
            loss.backward();
            adam.step();
        }
        #endregion
    }

    [Fact]
    public void Trainer()
    {
        using MlpDenoiser model = Given.Points();
        DdpmScheduler scheduler = Given.Noise();
        TrainingData data = Given.Moons();
        CancellationToken stop = CancellationToken.None;

        #region training-trainer
        TrainingOptions recipe = TrainingOptions.Recommended with
        {
            Steps = 8_000,
            TimeLimit = TimeSpan.FromMinutes(10),
            Checkpoints = new CheckpointOptions { Directory = "checkpoints", Every = 1000 },
        };
        recipe = recipe with { Steps = 20 }; // hidden
        var trainer = new DiffusionTrainer(model, scheduler, recipe);
        var bar = new Progress<TrainingProgress>(p => Console.WriteLine($"{p.Step} of {p.TotalSteps}: {p.Loss:F3}"));
        using TrainingResult result = Directory.Exists("checkpoints")
            ? trainer.Resume(data, progress: bar, cancellationToken: stop)   // goes on where it was stopped
            : trainer.Run(data, bar, stop);
        #endregion

        Assert.Equal(20, result.Steps);
        Assert.NotNull(result.LastCheckpoint);
    }

    [Fact]
    public void OwnLoss()
    {
        #region training-loss
        var robust = new TrainingOptions
        {
            Loss = input =>
            {
                Tensor noisy = input.Scheduler.AddNoise(input.Clean, input.Noise, [.. input.Timesteps]);
                Tensor said = input.Denoiser.call(noisy, input.TimestepTensor, input.Condition);
                return said.sub(input.Noise).abs().mean();                   // absolute instead of squared error
            },
        };
        #endregion

        using MlpDenoiser model = Given.Points();
        new DiffusionTrainer(model, Given.Noise(), robust with { Steps = 3 }).Run(Given.Moons()).Dispose();
    }

    [Fact]
    public void AveragesOfATraining()
    {
        using MlpDenoiser model = Given.Points();
        DdpmScheduler scheduler = Given.Noise();
        TrainingData data = Given.Moons();

        #region ema-trainer
        TrainingOptions recipe = TrainingOptions.Recommended with
        {
            Ema = [new EmaOptions { Decay = 0.995 }, new EmaOptions { Decay = 0.9999 }],
        };
        recipe = recipe with { Steps = 20 }; // hidden
        using TrainingResult result = new DiffusionTrainer(model, scheduler, recipe).Run(data);
        // The denoiser has the weights of the first average; the second is there as well.
        using var pipeline = new DdpmPipeline(model, scheduler);
        Samples first = pipeline.Generate(100, seed: 1);
        Samples second;
        using (result.Ema[1].Swap())
        {
            second = pipeline.Generate(100, seed: 1);
        }
        #endregion

        Assert.Equal(first.Shape, second.Shape);
    }

    [Fact]
    public void AveragesOfALoop()
    {
        using MlpDenoiser model = Given.Points();
        using var adam = optim.Adam(model.parameters());

        #region ema-loop
        using var ema = new EmaModel(model, new EmaOptions { Decay = 0.999 });
        // ... after each optimizer step:
        adam.step();
        ema.Step();
        // ... and at the end:
        ema.CopyTo(model);
        #endregion

        Assert.Equal(1, ema.OptimizationStep);
    }
}
