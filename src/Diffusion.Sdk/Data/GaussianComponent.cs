namespace Diffusion.Sdk.Data;

/// <summary>One Gaussian of a <see cref="GaussianMixture"/>: its weight, mean and covariance. Immutable.</summary>
public sealed class GaussianComponent
{
    private readonly double[] _mean;
    private readonly double[,] _covariance;
    private readonly double _logScale;

    /// <summary>Makes a component; the arrays are copied.</summary>
    /// <param name="weight">How likely the component is, above 0; a mixture scales the weights to a sum of 1.</param>
    /// <param name="mean">[D].</param>
    /// <param name="covariance">[D, D], symmetric and positive definite.</param>
    /// <exception cref="ArgumentException">A number is outside of its range or the shapes disagree.</exception>
    public GaussianComponent(double weight, IEnumerable<double> mean, double[,] covariance)
    {
        ArgumentNullException.ThrowIfNull(covariance);
        _mean = [.. mean];
        _covariance = (double[,])covariance.Clone();
        Weight = weight;
        Validate();
        Cholesky = Cholesky.TryOf(_covariance)
            ?? throw new ArgumentException(
                $"The covariance {Describe(_covariance)} is not positive definite.", nameof(covariance));
        _logScale = Math.Log(weight) - 0.5 * (Dimensions * Math.Log(2 * Math.PI) + Cholesky.LogDeterminant);
    }

    /// <summary>How likely the component is.</summary>
    public double Weight { get; }

    /// <summary>The mean, [D].</summary>
    public IReadOnlyList<double> Mean => _mean;

    /// <summary>The number of dimensions (D).</summary>
    public int Dimensions => _mean.Length;

    internal Cholesky Cholesky { get; }

    /// <summary>A copy of the covariance, [D, D].</summary>
    public double[,] GetCovariance() => (double[,])_covariance.Clone();

    /// <summary>ln(weight * density). Leaves L^-1 (x - mean) in <paramref name="whitened"/>.</summary>
    internal double LogDensity(ReadOnlySpan<double> point, Span<double> whitened)
    {
        for (int d = 0; d < _mean.Length; d++)
        {
            whitened[d] = point[d] - _mean[d];
        }
        return _logScale - 0.5 * Cholesky.Whiten(whitened);
    }

    /// <summary>Adds S times a vector to <paramref name="sum"/>, both scaled.</summary>
    internal void AddCovarianceTimes(ReadOnlySpan<double> vector, double scale, Span<double> sum)
    {
        for (int row = 0; row < sum.Length; row++)
        {
            for (int column = 0; column < sum.Length; column++)
            {
                sum[row] += scale * _covariance[row, column] * vector[column];
            }
        }
    }

    private static string Describe(double[,] matrix)
    {
        IEnumerable<string> rows = Enumerable.Range(0, matrix.GetLength(0)).Select(row =>
            $"[{string.Join(", ", Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix[row, column]))}]");
        return $"[{string.Join(", ", rows)}]";
    }

    private void Validate()
    {
        if (!(Weight > 0 && double.IsFinite(Weight)))
        {
            throw new ArgumentException($"The weight is {Weight}; expected a finite number above 0.");
        }
        if (_mean.Length == 0 || !_mean.All(double.IsFinite))
        {
            throw new ArgumentException(
                $"The mean is [{string.Join(", ", _mean)}]; expected finite numbers, at least one.");
        }
        if (_covariance.GetLength(0) != Dimensions || _covariance.GetLength(1) != Dimensions)
        {
            throw new ArgumentException(
                $"The covariance is [{_covariance.GetLength(0)}, {_covariance.GetLength(1)}], "
                + $"but the mean has {Dimensions} dimensions.");
        }
        for (int row = 0; row < Dimensions; row++)
        {
            for (int column = 0; column < row; column++)
            {
                if (!_covariance[row, column].Equals(_covariance[column, row]))
                {
                    throw new ArgumentException($"The covariance {Describe(_covariance)} is not symmetric.");
                }
            }
        }
    }
}
