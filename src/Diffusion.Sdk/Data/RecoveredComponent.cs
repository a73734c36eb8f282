namespace Diffusion.Sdk.Data;

/// <summary>What points say about one component of a mixture: those most likely made by it.</summary>
public sealed class RecoveredComponent
{
    private readonly double[] _mean;
    private readonly double[,] _covariance;

    internal RecoveredComponent(GaussianComponent truth, IReadOnlyList<double[]> points, int total)
    {
        (Truth, Count, Fraction) = (truth, points.Count, (double)points.Count / total);
        _mean = [.. Enumerable.Range(0, truth.Dimensions).Select(
            d => points.Count > 0 ? points.Average(point => point[d]) : double.NaN)];
        _covariance = new double[truth.Dimensions, truth.Dimensions];
        for (int row = 0; row < truth.Dimensions; row++)
        {
            for (int column = 0; column < truth.Dimensions; column++)
            {
                double sum = points.Sum(point => (point[row] - _mean[row]) * (point[column] - _mean[column]));
                _covariance[row, column] = points.Count > 1 ? sum / (points.Count - 1) : double.NaN;
            }
        }
    }

    /// <summary>The true component.</summary>
    public GaussianComponent Truth { get; }

    /// <summary>How many points were assigned to it.</summary>
    public int Count { get; }

    /// <summary>Their share of all points, in [0, 1]; to be compared with the component's weight.</summary>
    public double Fraction { get; }

    /// <summary>Their mean, [D]; NaN without points.</summary>
    public IReadOnlyList<double> Mean => _mean;

    /// <summary>The distance between their mean and the true one.</summary>
    public double MeanError =>
        Math.Sqrt(_mean.Zip(Truth.Mean, (found, truth) => (found - truth) * (found - truth)).Sum());

    /// <summary>A copy of their covariance (over n - 1), [D, D]; NaN with fewer than two points.</summary>
    public double[,] GetCovariance() => (double[,])_covariance.Clone();
}
