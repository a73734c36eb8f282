using Diffusion.Sdk.Metrics;

namespace Diffusion.Sdk.Tests.Metrics;

/// <summary>A row of feature_metrics.json, and its features made anew.</summary>
public sealed record FeatureMetricsCase(
    int Generated, int Real, int Features, double Shift, double Stretch, int Neighbours,
    double Frechet, double Kernel, double Precision, double Recall)
{
    public PointCloud Generate(int salt) => Make(Generated, salt, Shift, Stretch);

    public PointCloud MakeReal(int salt) => Make(Real, salt, 0, 0);

    private PointCloud Make(int count, int salt, double shift, double stretch)
    {
        var values = new float[count * Features];
        for (int i = 0; i < count; i++)
        {
            double X(int j) => Hashed.At(i * Features + (j + Features) % Features, salt);
            for (int j = 0; j < Features; j++)
            {
                values[i * Features + j] =
                    (float)(X(j) * (1 + stretch * j / Features) + 0.5 * X(j - 1) + shift);
            }
        }
        return new PointCloud(values, Features);
    }
}
