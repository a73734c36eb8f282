using Diffusion.Sdk.Schedulers;
using TorchSharp;
using static TorchSharp.torch;

namespace Docs.Tests.Snippets;

/// <summary>The forward process and what a network predicts of it.</summary>
public sealed class Noise : SnippetTest
{
    [Fact]
    public void AddNoise()
    {
        #region noise-add
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 1000 });
        using Tensor clean = tensor(new float[] { 1, -1 }, [2, 1]);      // two samples of one number
        using Tensor noise = randn(2, 1);
        using Tensor noisy = scheduler.AddNoise(clean, noise, [0, 999]); // hardly noised, and all noise
        #endregion

        Assert.Equal(1, noisy[0, 0].item<float>(), 0.1);
        Assert.Equal(noise[1, 0].item<float>(), noisy[1, 0].item<float>(), 0.1);
    }

    [Fact]
    public void Schedules()
    {
        #region noise-schedules
        foreach (BetaSchedule schedule in Enum.GetValues<BetaSchedule>())
        {
            var noise = new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 200, BetaSchedule = schedule });
            double left = Math.Sqrt(noise.AlphasCumprod[^1]);
            Console.WriteLine($"{schedule}: {left:F3} of the signal is left at the end");
        }
        #endregion
    }

    [Fact]
    public void Predictions()
    {
        using Tensor clean = tensor(new float[] { 1, -1 }, [2, 1]);
        using Tensor noise = randn(2, 1);

        #region prediction-config
        var config = new DdpmSchedulerConfig { PredictionType = PredictionType.VPrediction, ClipSample = false };
        var scheduler = new DdpmScheduler(config);
        #endregion

        #region prediction-targets
        using Tensor noisy = scheduler.AddNoise(clean, noise, [500]);
        using Tensor velocity = scheduler.GetVelocity(clean, noise, [500]);   // what a perfect network would say
        using Tensor score = scheduler.GetScore(velocity, noisy, [500]);      // -noise / sqrt(1 - alpha_bar)
        using SchedulerOutput step = scheduler.Step(velocity, 500, noisy, noise);
        Tensor original = step.PredOriginalSample;                            // the clean samples again
        #endregion

        Assert.True(original.allclose(clean, 1e-3, 1e-3));
        Assert.True(score.allclose(noise.div(-Math.Sqrt(1 - scheduler.AlphasCumprod[500])), 1e-3, 1e-3));
    }
}
