using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Data;

/// <summary>
/// Points of the plane for experiments, [N, 2]. Point i of a seed is the same for any N.
/// Mixtures, on the line too and rings of Gaussians, are <see cref="GaussianMixture"/>s.
/// </summary>
public static class PointSets
{
    /// <summary>The tutorial's data: <see cref="GaussianMixture.Tutorial"/>, 100 points of each component.</summary>
    /// <param name="seed">What makes the same points again.</param>
    /// <returns>[300, 2].</returns>
    public static float[,] Tutorial(long seed) => GaussianMixture.Tutorial.SampleEvenly(100, seed);

    /// <summary>
    /// A spiral, the section of a Swiss roll: t (cos t, sin t), t uniform in [1.5 pi, 4.5 pi); about [-10, 13] wide.
    /// </summary>
    /// <param name="count">How many points; at least 1.</param>
    /// <param name="seed">What makes the same points again.</param>
    /// <param name="noise">Standard deviation of the Gaussian noise added to both coordinates; at least 0.</param>
    /// <returns>[count, 2].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside of its range.</exception>
    public static float[,] SwissRoll(int count, long seed, double noise = 0.5) => Curve(
        count, seed, noise, (_, uniform) =>
    {
        double t = 1.5 * Math.PI * (1 + 2 * uniform);
        return (t * Math.Cos(t), t * Math.Sin(t));
    });

    /// <summary>
    /// Two half circles of radius 1 that reach into each other: even points on (cos t, sin t), odd points on
    /// (1 - cos t, 0.5 - sin t), t uniform in [0, pi).
    /// </summary>
    /// <param name="count">How many points; at least 1.</param>
    /// <param name="seed">What makes the same points again.</param>
    /// <param name="noise">Standard deviation of the Gaussian noise added to both coordinates; at least 0.</param>
    /// <returns>[count, 2].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside of its range.</exception>
    public static float[,] Moons(int count, long seed, double noise = 0.05) => Curve(
        count, seed, noise, (index, uniform) =>
    {
        double t = Math.PI * uniform;
        return index % 2 == 0 ? (Math.Cos(t), Math.Sin(t)) : (1 - Math.Cos(t), 0.5 - Math.Sin(t));
    });

    private static float[,] Curve(int count, long seed, double noise, Func<int, double, (double X, double Y)> pointAt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (noise is not (>= 0 and < double.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(
                nameof(noise), noise, $"noise is {noise}; expected a finite number of at least 0.");
        }
        var streams = new PhiloxStreams(seed);
        var uniform = new float[count];
        var normal = new float[2 * count];
        streams.Uniform(RandomPurpose.Data, 0, count, 1, uniform);
        streams.Normal(RandomPurpose.Data, 0, count, 0, normal);
        var points = new float[count, 2];
        for (int i = 0; i < count; i++)
        {
            (double x, double y) = pointAt(i, uniform[i]);
            points[i, 0] = (float)(x + noise * normal[2 * i]);
            points[i, 1] = (float)(y + noise * normal[2 * i + 1]);
        }
        return points;
    }
}
