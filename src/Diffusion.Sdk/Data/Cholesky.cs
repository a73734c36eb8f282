namespace Diffusion.Sdk.Data;

/// <summary>The lower triangular L with L L^T = S of a covariance matrix S, and what is computed with it.</summary>
internal sealed class Cholesky
{
    private readonly double[,] _lower;

    private Cholesky(double[,] lower) => _lower = lower;

    public int Size => _lower.GetLength(0);

    /// <summary>ln det S.</summary>
    public double LogDeterminant => 2 * Enumerable.Range(0, Size).Sum(i => Math.Log(_lower[i, i]));

    /// <summary>Null if S is not positive definite.</summary>
    public static Cholesky? TryOf(double[,] covariance)
    {
        int size = covariance.GetLength(0);
        var lower = new double[size, size];
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double rest = covariance[row, column];
                for (int k = 0; k < column; k++)
                {
                    rest -= lower[row, k] * lower[column, k];
                }
                if (row == column && !(rest > 0 && double.IsFinite(rest)))
                {
                    return null;
                }
                lower[row, column] = row == column ? Math.Sqrt(rest) : rest / lower[column, column];
            }
        }
        return new Cholesky(lower);
    }

    /// <summary>L z: standard normal numbers become ones of covariance S.</summary>
    public double Multiply(int row, ReadOnlySpan<float> z)
    {
        double sum = 0;
        for (int k = 0; k <= row; k++)
        {
            sum += _lower[row, k] * z[k];
        }
        return sum;
    }

    /// <summary>Solves L y = d in place and gives |y|^2 = d^T S^-1 d, the squared Mahalanobis distance.</summary>
    public double Whiten(Span<double> difference)
    {
        double squared = 0;
        for (int row = 0; row < difference.Length; row++)
        {
            double rest = difference[row];
            for (int k = 0; k < row; k++)
            {
                rest -= _lower[row, k] * difference[k];
            }
            difference[row] = rest / _lower[row, row];
            squared += difference[row] * difference[row];
        }
        return squared;
    }

    /// <summary>Solves L^T x = y in place: after <see cref="Whiten"/>, x = S^-1 d.</summary>
    public void SolveTransposed(Span<double> whitened)
    {
        for (int row = whitened.Length - 1; row >= 0; row--)
        {
            double rest = whitened[row];
            for (int k = row + 1; k < whitened.Length; k++)
            {
                rest -= _lower[k, row] * whitened[k];
            }
            whitened[row] = rest / _lower[row, row];
        }
    }
}
