using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;

namespace Diffusion.Sdk.Tests.Training;

/// <summary>
/// A small model of three classes of points, trained once for the tests that need one: class k is normal around a
/// corner of a triangle, with deviation 1 in each direction, so that the classes overlap.
/// </summary>
public sealed class TrainedClasses : IDisposable
{
    private const int PerClass = 2000;

    public TrainedClasses()
    {
        var noise = new float[2 * 3 * PerClass];
        new PhiloxStreams(1).Normal(RandomPurpose.Data, 0, 3 * PerClass, 0, noise);
        long[] labels = [.. Enumerable.Range(0, 3 * PerClass).Select(i => i % 3L)];
        float[] values = [.. noise.Select((value, i) =>
            value + (i % 2 == 0 ? Corner(i / 2 % 3).X : Corner(i / 2 % 3).Y))];
        Data = TrainingData.FromValues(values, labels, 2);
        var options = new TrainingOptions
        {
            Steps = 1500, BatchSize = 256, LearningRate = 3e-3, LabelDropout = 0.15,
            LearningRateSchedule = new LearningRateSchedule { Shape = LearningRateShape.Cosine, WarmupSteps = 50 },
        };
        new DiffusionTrainer(Denoiser, Scheduler, options).Run(Data).Dispose();
    }

    public MlpDenoiser Denoiser { get; } =
        new(new MlpDenoiserConfig { Width = 64, Depth = 3, TimeWidth = 32, NumClassEmbeds = 4 });

    public DdpmScheduler Scheduler { get; } =
        new(new DdpmSchedulerConfig { NumTrainTimesteps = 200, BetaEnd = 0.05, ClipSample = false });

    public TrainingData Data { get; }

    /// <summary>The mean of a class.</summary>
    public static (float X, float Y) Corner(int label)
    {
        double angle = 2 * Math.PI * label / 3;
        return ((float)(1.5 * Math.Cos(angle)), (float)(1.5 * Math.Sin(angle)));
    }

    /// <summary>The probability of a class at a point, by Bayes' rule.</summary>
    public static double Posterior(int label, float x, float y)
    {
        double[] likelihoods = [.. Enumerable.Range(0, 3).Select(Corner).Select(
            corner => Math.Exp(-0.5 * ((x - corner.X) * (x - corner.X) + (y - corner.Y) * (y - corner.Y))))];
        return likelihoods[label] / likelihoods.Sum();
    }

    public void Dispose() => Denoiser.Dispose();
}
