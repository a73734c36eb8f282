using System.Numerics;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;

namespace SampleKit;

/// <summary>The ring of eight Gaussians of radius 3 and deviation 0.25 that three samples learn.</summary>
public static class EightModes
{
    /// <summary>How many Gaussians there are.</summary>
    public const int Count = 8;

    /// <summary>Standard deviation of each, in both directions.</summary>
    public const double Deviation = 0.25;

    /// <summary>The distribution.</summary>
    public static GaussianMixture Truth { get; } = GaussianMixture.Ring(Count, radius: 3, Deviation);

    /// <summary>A learned time embedding of 16, two hidden layers of 128 with ReLU.</summary>
    public static MlpDenoiserConfig Network { get; } = new()
    {
        Depth = 2,
        Activation = Activation.Relu,
        TimeEmbedding = TimeEmbeddingKind.Learned,
        TimeWidth = 16,
        TimeNetwork = false,
        NumTrainTimesteps = 200,
    };

    /// <summary>Where the Gaussians stand, the first on the positive x axis, then anticlockwise.</summary>
    public static IReadOnlyList<Vector2> Centers { get; } =
        [.. Truth.Components.Select(mode => new Vector2((float)mode.Mean[0], (float)mode.Mean[1]))];

    /// <summary>T = 200, linear, nothing clipped.</summary>
    /// <param name="variance">What a step adds.</param>
    public static DdpmScheduler Scheduler(VarianceType variance) => new(new DdpmSchedulerConfig
    {
        NumTrainTimesteps = 200,
        VarianceType = variance,
        ClipSample = false,
    });

    /// <summary>The Gaussian nearest to a point.</summary>
    public static int Nearest(Vector2 point) =>
        Enumerable.Range(0, Count).MinBy(mode => Vector2.Distance(Centers[mode], point));

    /// <summary>The share of points nearest to each Gaussian.</summary>
    public static double[] Shares(IReadOnlyCollection<Vector2> points)
    {
        ILookup<int, Vector2> byMode = points.ToLookup(Nearest);
        return [.. Enumerable.Range(0, Count).Select(mode => byMode[mode].Count() / (double)points.Count)];
    }

    /// <summary>The share of points within three deviations of a Gaussian's centre.</summary>
    public static double Within3(IReadOnlyCollection<Vector2> points) =>
        points.Count(point => Vector2.Distance(Centers[Nearest(point)], point) <= 3 * Deviation)
        / (double)points.Count;

    /// <summary>Points of the distribution.</summary>
    public static Vector2[] Points(int count, long seed)
    {
        float[,] points = Truth.Sample(count, seed);
        return [.. Enumerable.Range(0, count).Select(i => new Vector2(points[i, 0], points[i, 1]))];
    }
}
