using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>
/// The tutorial's mixture of three normals in the plane, and the exact noise in its noised points: written out here once
/// more, so that the sampler's judge shares no code with the SDK.
/// </summary>
public static class MixtureOracle
{
    /// <summary>Mean and covariance (xx, xy, yy) of each component; all have weight 1/3.</summary>
    private static readonly (double X, double Y, double Xx, double Xy, double Yy)[] s_components =
        [(0, 0, 1, 0.5, 1), (6, 6, 1.5, -0.7, 1.5), (-4, 5, 0.8, 0, 2)];

    /// <summary>True points [count, 2].</summary>
    public static float[,] Draw(int count, long seed)
    {
        var random = new PhiloxStreams(seed);
        var normals = new float[2 * count];
        var picks = new long[count];
        random.Normal(RandomPurpose.Data, 0, count, 0, normals);
        random.Integers(RandomPurpose.Data, 0, count, 1, s_components.Length, picks);
        var points = new float[count, 2];
        for (int i = 0; i < count; i++)
        {
            (double x, double y, double xx, double xy, double yy) = s_components[picks[i]];
            double a = Math.Sqrt(xx), b = xy / a;   // Cholesky
            points[i, 0] = (float)(x + a * normals[2 * i]);
            points[i, 1] = (float)(y + b * normals[2 * i] + Math.Sqrt(yy - b * b) * normals[2 * i + 1]);
        }
        return points;
    }

    /// <summary>
    /// E[noise | x_t] = -sqrt(1 - alpha_bar) grad log p_t(x_t), where p_t mixes N(sqrt(alpha_bar) m, alpha_bar S + (1 - alpha_bar) I).
    /// </summary>
    /// <remarks>0L, since a plain 0 would be taken for the first ScalarType.</remarks>
    /// <param name="sample">x_t, [N, 2].</param>
    /// <param name="alphaBar">alpha_bar_t.</param>
    public static Tensor Noise(Tensor sample, double alphaBar)
    {
        using var scope = NewDisposeScope();
        Tensor px = sample.select(1, 0), py = sample.select(1, 1);
        var logs = new Tensor[s_components.Length];
        var pullsX = new Tensor[s_components.Length];
        var pullsY = new Tensor[s_components.Length];
        for (int k = 0; k < s_components.Length; k++)
        {
            (double x, double y, double xx, double xy, double yy) = s_components[k];
            double vxx = alphaBar * xx + 1 - alphaBar, vyy = alphaBar * yy + 1 - alphaBar, vxy = alphaBar * xy;
            double determinant = vxx * vyy - vxy * vxy;
            Tensor dx = px - Math.Sqrt(alphaBar) * x, dy = py - Math.Sqrt(alphaBar) * y;
            pullsX[k] = (dx * vyy - dy * vxy) / determinant;   // V^-1 d
            pullsY[k] = (dy * vxx - dx * vxy) / determinant;
            logs[k] = (dx * pullsX[k] + dy * pullsY[k]) * -0.5 - 0.5 * Math.Log(determinant);
        }
        Tensor weights = stack(logs, 0).softmax(0);   // [3, N]
        Tensor pull = stack([(weights * stack(pullsX, 0)).sum(0L), (weights * stack(pullsY, 0)).sum(0L)], 1);
        return (pull * Math.Sqrt(1 - alphaBar)).MoveToOuterDisposeScope();
    }

    /// <summary>Mean distance between sorted projections of two sets of as many points, over evenly spread directions.</summary>
    public static double SlicedWasserstein(float[,] a, float[,] b, int directions = 60)
    {
        double sum = 0;
        for (int i = 0; i < directions; i++)
        {
            double angle = Math.PI * (i + 0.5) / directions;
            double[] left = Sorted(a, Math.Cos(angle), Math.Sin(angle)), right = Sorted(b, Math.Cos(angle), Math.Sin(angle));
            sum += left.Zip(right, (x, y) => Math.Abs(x - y)).Average();
        }
        return sum / directions;
    }

    private static double[] Sorted(float[,] points, double x, double y)
    {
        var values = new double[points.GetLength(0)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = x * points[i, 0] + y * points[i, 1];
        }
        Array.Sort(values);
        return values;
    }
}
