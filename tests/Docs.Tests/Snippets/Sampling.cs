using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Docs.Tests.Snippets;

public sealed class Sampling : SnippetTest
{
    [Fact]
    public void Loop()
    {
        using MlpDenoiser model = Given.Points();
        DdpmScheduler scheduler = Given.Noise();

        #region sampling-loop
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        scheduler.SetTimesteps(50);
        Tensor x = randn(64, 2);                                                  // pure noise, 64 points
        foreach (long t in scheduler.Timesteps)                                   // from T - 1 or so down to 0
        {
            Tensor output = model.call(x, full([64], t, ScalarType.Int64), null);
            x = scheduler.Step(output, t, x, noise: randn_like(x)).PrevSample;    // a little less noisy
        }
        #endregion

        Assert.Equal(50, scheduler.Timesteps.Count);
        Assert.True(x.isfinite().all().item<bool>());
    }

    [Fact]
    public void Pipeline()
    {
        using MlpDenoiser model = Given.Points();
        DdpmScheduler scheduler = Given.Noise();

        #region sampling-pipeline
        using var ddpm = new DdpmPipeline(model, scheduler);
        Samples slow = ddpm.Generate(1000, seed: 1);                              // all T steps

        using DdpmPipeline ddim = ddpm.WithScheduler(DdimScheduler.FromConfig(scheduler.Config));
        Samples quick = ddim.Generate(1000, steps: 20, seed: 1);                  // the same noise, 20 steps
        #endregion

        Assert.Equal(slow.Shape, quick.Shape);
    }

    [Fact]
    public void OnTheWay()
    {
        using MlpDenoiser model = Given.Points();
        using var pipeline = new DdpmPipeline(model, Given.Noise());

        #region sampling-trajectory
        Samples made = pipeline.Generate(500, steps: 100, options: new GenerateOptions { TrajectoryEvery = 20 });
        made.Trajectory.SaveAnimation("way.png", state => $"after {20 * state} of 100 steps");
        #endregion

        Assert.Equal(6, made.Trajectory.Count);
        Assert.True(File.Exists("way.png"));
    }

    [Fact]
    public async Task Stream()
    {
        using MlpDenoiser model = Given.Points();
        using var pipeline = new DdpmPipeline(model, Given.Noise());
        int shown = 0;

        #region sampling-stream
        await foreach (DenoisingStep step in pipeline.GenerateStepsAsync(500, steps: 50))
        {
            Console.WriteLine($"step {step.Index + 1} of {step.Count}: first point at {step.Samples.ToPoints()[0]}");
            shown++; // hidden
        }
        #endregion

        Assert.Equal(50, shown);
    }
}
