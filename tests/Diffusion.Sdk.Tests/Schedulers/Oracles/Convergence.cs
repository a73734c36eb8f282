namespace Diffusion.Sdk.Tests.Schedulers.Oracles;

/// <summary>How fast errors fall.</summary>
public static class Convergence
{
    /// <summary>
    /// The order p of errors ~ 1 / steps^p: minus the slope of the least-squares line through their logarithms.
    /// </summary>
    public static double Order(IEnumerable<int> steps, IEnumerable<double> errors)
    {
        double[] x = [.. steps.Select(n => Math.Log(n))], y = [.. errors.Select(error => Math.Log(Math.Abs(error)))];
        double meanX = x.Average(), meanY = y.Average();
        return -x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum() / x.Sum(a => (a - meanX) * (a - meanX));
    }
}
