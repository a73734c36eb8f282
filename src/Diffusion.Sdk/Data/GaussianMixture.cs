using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Data;

/// <summary>
/// A mixture of Gaussians in D dimensions, about which everything is known: it draws points, and gives the exact
/// density and score, also of its noised versions; so it is both a data set and a judge of samplers. Immutable.
/// </summary>
/// <remarks>Points are float32, row-major [N, D]; computations are in float64.</remarks>
public sealed partial class GaussianMixture
{
    private readonly GaussianComponent[] _components;

    /// <summary>Makes a mixture; the weights are scaled to a sum of 1.</summary>
    /// <param name="components">At least one; all of the same dimension.</param>
    /// <exception cref="ArgumentException">There are no components, or they differ in dimension.</exception>
    public GaussianMixture(IEnumerable<GaussianComponent> components)
    {
        GaussianComponent[] given = [.. components];
        if (given.Length == 0)
        {
            throw new ArgumentException("There are no components; expected at least 1.", nameof(components));
        }
        Dimensions = given[0].Dimensions;
        if (Array.FindIndex(given, component => component.Dimensions != Dimensions) is int odd and >= 0)
        {
            throw new ArgumentException(
                $"Component {odd} has {given[odd].Dimensions} dimensions, but component 0 has {Dimensions}.",
                nameof(components));
        }
        double sum = given.Sum(component => component.Weight);
        _components = [.. given.Select(
            component => new GaussianComponent(component.Weight / sum, component.Mean, component.GetCovariance()))];
    }

    /// <summary>
    /// The mixture of the tutorial: equal weights, means (0, 0), (6, 6), (-4, 5), covariances
    /// [[1, 0.5], [0.5, 1]], [[1.5, -0.7], [-0.7, 1.5]], [[0.8, 0], [0, 2]].
    /// </summary>
    public static GaussianMixture Tutorial { get; } = new(
    [
        new(1, [0, 0], new[,] { { 1, 0.5 }, { 0.5, 1 } }),
        new(1, [6, 6], new[,] { { 1.5, -0.7 }, { -0.7, 1.5 } }),
        new(1, [-4, 5], new[,] { { 0.8, 0 }, { 0, 2 } }),
    ]);

    /// <summary>The components, their weights adding up to 1.</summary>
    public IReadOnlyList<GaussianComponent> Components => _components;

    /// <summary>The number of dimensions (D).</summary>
    public int Dimensions { get; }

    /// <summary>A mixture on the line.</summary>
    /// <param name="components">Weight, mean and standard deviation (above 0) of each; at least one.</param>
    /// <exception cref="ArgumentException">There are no components or a number is outside of its range.</exception>
    public static GaussianMixture OnLine(params (double Weight, double Mean, double Deviation)[] components) => new(
        components.Select(c => new GaussianComponent(c.Weight, [c.Mean], new[,] { { c.Deviation * c.Deviation } })));

    /// <summary>Equal round Gaussians, evenly spaced on a circle around 0, the first on the positive x axis.</summary>
    /// <param name="count">How many; at least 1.</param>
    /// <param name="radius">Of the circle.</param>
    /// <param name="deviation">Standard deviation of each in both directions, above 0.</param>
    /// <exception cref="ArgumentException">A number is outside of its range.</exception>
    public static GaussianMixture Ring(int count = 8, double radius = 2, double deviation = 0.1)
    {
        double variance = deviation * deviation;
        return new(Enumerable.Range(0, count).Select(i => new GaussianComponent(
            1,
            [radius * Math.Cos(2 * Math.PI * i / count), radius * Math.Sin(2 * Math.PI * i / count)],
            new[,] { { variance, 0 }, { 0, variance } })));
    }

    /// <summary>Draws points; the component of each is drawn by weight.</summary>
    /// <param name="count">How many; at least 1.</param>
    /// <param name="seed">Point i is the same for any count.</param>
    /// <returns>[count, D].</returns>
    public float[,] Sample(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var choices = new float[count];
        new PhiloxStreams(seed).Uniform(RandomPurpose.Data, 0, count, 1, choices);
        return Draw(count, seed, i => Choose(choices[i]));
    }

    /// <summary>Draws the same number of points from each component, one component after the other.</summary>
    /// <param name="perComponent">How many from each; at least 1.</param>
    /// <param name="seed">What makes the same points again.</param>
    /// <returns>[components * perComponent, D].</returns>
    public float[,] SampleEvenly(int perComponent, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perComponent, 1);
        return Draw(checked(perComponent * _components.Length), seed, i => i / perComponent);
    }

    /// <summary>The density at a point.</summary>
    /// <param name="point">[D].</param>
    public double Density(ReadOnlySpan<double> point) => Math.Exp(LogDensity(point));

    /// <summary>The natural logarithm of the density at a point.</summary>
    /// <param name="point">[D].</param>
    /// <exception cref="ArgumentException">The point has another dimension.</exception>
    public double LogDensity(ReadOnlySpan<double> point)
    {
        RequireDimensions(point.Length);
        return Responsibilities(point, new double[_components.Length], new double[_components.Length * Dimensions]);
    }

    /// <summary>How likely each component made a point.</summary>
    /// <param name="point">[D].</param>
    /// <returns>One probability per component; their sum is 1.</returns>
    /// <exception cref="ArgumentException">The point has another dimension.</exception>
    public double[] Responsibilities(ReadOnlySpan<double> point)
    {
        RequireDimensions(point.Length);
        var responsibilities = new double[_components.Length];
        Responsibilities(point, responsibilities, new double[_components.Length * Dimensions]);
        return responsibilities;
    }

    /// <summary>
    /// The distribution of x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) noise: again a mixture, of means
    /// sqrt(alpha_bar) mu and covariances alpha_bar S + (1 - alpha_bar) I.
    /// </summary>
    /// <param name="alphaBar">In [0, 1]; 1 is no noise, 0 is noise only.</param>
    /// <remarks>Source: Ho et al. 2020 (arXiv:2006.11239), eq. 4.</remarks>
    public GaussianMixture Noised(double alphaBar)
    {
        RequireAlphaBar(alphaBar);
        return new(_components.Select(component =>
        {
            double[,] covariance = component.GetCovariance();
            for (int row = 0; row < Dimensions; row++)
            {
                for (int column = 0; column < Dimensions; column++)
                {
                    covariance[row, column] = alphaBar * covariance[row, column] + (row == column ? 1 - alphaBar : 0);
                }
            }
            return new GaussianComponent(
                component.Weight, component.Mean.Select(m => Math.Sqrt(alphaBar) * m), covariance);
        }));
    }

    // Log density; fills the components' probabilities [K] and the whitened differences [K, D].
    private double Responsibilities(ReadOnlySpan<double> point, Span<double> responsibilities, Span<double> whitened)
    {
        double largest = double.NegativeInfinity;
        for (int k = 0; k < responsibilities.Length; k++)
        {
            responsibilities[k] = _components[k].LogDensity(point, whitened.Slice(k * Dimensions, Dimensions));
            largest = Math.Max(largest, responsibilities[k]);
        }
        double sum = 0;
        foreach (ref double responsibility in responsibilities)
        {
            responsibility = Math.Exp(responsibility - largest);
            sum += responsibility;
        }
        foreach (ref double responsibility in responsibilities)
        {
            responsibility /= sum;
        }
        return largest + Math.Log(sum);
    }

    private float[,] Draw(int count, long seed, Func<int, int> componentOf)
    {
        var normal = new float[count * Dimensions];
        new PhiloxStreams(seed).Normal(RandomPurpose.Data, 0, count, 0, normal);
        var points = new float[count, Dimensions];
        for (int i = 0; i < count; i++)
        {
            GaussianComponent component = _components[componentOf(i)];
            for (int d = 0; d < Dimensions; d++)
            {
                points[i, d] = (float)(
                    component.Mean[d] + component.Cholesky.Multiply(d, normal.AsSpan(i * Dimensions, Dimensions)));
            }
        }
        return points;
    }

    private int Choose(double uniform)
    {
        int chosen = 0;
        double sum = _components[0].Weight;
        while (uniform >= sum && chosen < _components.Length - 1)
        {
            sum += _components[++chosen].Weight;
        }
        return chosen;
    }

    private void RequireDimensions(int length)
    {
        if (length != Dimensions)
        {
            throw new ArgumentException(
                $"The point has {length} dimensions, but the mixture {Dimensions}.", nameof(length));
        }
    }

    private static void RequireAlphaBar(double alphaBar)
    {
        if (!(alphaBar is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(alphaBar), alphaBar, "alphaBar must be in [0, 1].");
        }
    }
}
