using System.Numerics;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Imaging.Tests;

/// <summary>Small made-up data for pictures, always the same.</summary>
internal static class Sketches
{
    /// <summary>Points of a three-component mixture: means (0, 0), (6, 6), (-4, 5).</summary>
    internal static Vector2[] Mixture(int count, int seed)
    {
        var random = new Random(seed);
        Vector2[] means = [new(0, 0), new(6, 6), new(-4, 5)];
        return [.. Enumerable.Range(0, count).Select(i => means[i % 3] + new Vector2(Normal(random), Normal(random)))];
    }

    /// <summary>A loss that falls from 1 to about 0.54, with noise.</summary>
    internal static double[] Loss(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(i => Math.Max(0.3, 0.54 + 0.46 * Math.Exp(-i / 150.0) + 0.05 * Normal(random)))];
    }

    /// <summary>alphas_cumprod of the linear schedule from 1e-4 to 0.02.</summary>
    internal static double[] AlphasCumprod(int steps)
    {
        var products = new double[steps];
        double product = 1;
        for (int t = 0; t < steps; t++)
        {
            product *= 1 - (1e-4 + (0.02 - 1e-4) * t / (steps - 1));
            products[t] = product;
        }
        return products;
    }

    /// <summary>The points noised to timestep t of T = 500: sqrt(abar) x + sqrt(1 - abar) epsilon.</summary>
    internal static Vector2[] Noised(Vector2[] points, int timestep, int seed)
    {
        var random = new Random(seed);
        float signal = timestep == 0 ? 1 : (float)AlphasCumprod(500)[timestep - 1];
        return [.. points.Select(point =>
            MathF.Sqrt(signal) * point + MathF.Sqrt(1 - signal) * new Vector2(Normal(random), Normal(random)))];
    }

    /// <summary>Images [N, C, 12, 12] of discs of growing size.</summary>
    internal static Samples Discs(int count, int channels = 1)
    {
        const int Side = 12;
        var values = new float[count * channels * Side * Side];
        for (int i = 0; i < values.Length; i++)
        {
            int n = i / (channels * Side * Side);
            int c = i / (Side * Side) % channels;
            float x = i % Side - 5.5f;
            float y = i / Side % Side - 5.5f;
            float inside = Math.Clamp(1.5f + 4.5f * (n + 1) / count - MathF.Sqrt(x * x + y * y), 0, 1);
            values[i] = inside * (c == n % channels ? 2 : 1) - 1;
        }
        return new Samples(values, [count, channels, Side, Side]);
    }

    private static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
