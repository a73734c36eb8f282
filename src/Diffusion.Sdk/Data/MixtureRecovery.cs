namespace Diffusion.Sdk.Data;

/// <summary>
/// Compares points with the mixture that they should follow: each point is assigned to the component that most likely
/// made it, and each component's share, mean and covariance are estimated from its points.
/// </summary>
public sealed class MixtureRecovery
{
    private MixtureRecovery(RecoveredComponent[] components) => Components = components;

    /// <summary>What was found for each component, in the mixture's order.</summary>
    public IReadOnlyList<RecoveredComponent> Components { get; }

    /// <summary>The largest difference between a share and its component's weight.</summary>
    public double LargestFractionError =>
        Components.Max(component => Math.Abs(component.Fraction - component.Truth.Weight));

    /// <summary>The largest distance between a mean and its component's; NaN if a component has no points.</summary>
    public double LargestMeanError => Components.Select(component => component.MeanError).Aggregate(0.0, Math.Max);

    /// <summary>Assigns points.</summary>
    /// <param name="truth">The mixture.</param>
    /// <param name="points">[N, D], row-major; N at least 1.</param>
    /// <exception cref="ArgumentException">The length is no multiple of D, or there are no points.</exception>
    public static MixtureRecovery Of(GaussianMixture truth, ReadOnlySpan<float> points)
    {
        ArgumentNullException.ThrowIfNull(truth);
        if (points.Length == 0 || points.Length % truth.Dimensions != 0)
        {
            throw new ArgumentException(
                $"{points.Length} numbers are no points of {truth.Dimensions} dimensions; expected at least one point.",
                nameof(points));
        }
        List<double[]>[] assigned = [.. truth.Components.Select(_ => new List<double[]>())];
        int count = points.Length / truth.Dimensions;
        for (int i = 0; i < count; i++)
        {
            var point = new double[truth.Dimensions];
            for (int d = 0; d < point.Length; d++)
            {
                point[d] = points[i * point.Length + d];
            }
            double[] responsibilities = truth.Responsibilities(point);
            assigned[Array.IndexOf(responsibilities, responsibilities.Max())].Add(point);
        }
        return new(
            [.. truth.Components.Select((component, k) => new RecoveredComponent(component, assigned[k], count))]);
    }
}
