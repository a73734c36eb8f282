using Diffusion.Sdk.Data;
using Diffusion.Sdk.Numerics;

namespace Diffusion.Sdk.Tests.Metrics;

/// <summary>Images that are easy to tell apart: stripes across, stripes down, a bright corner; with noise.</summary>
internal static class PatternImages
{
    public const int Classes = 3;

    private const int Size = 8;

    /// <summary>Image i is of class i mod 3.</summary>
    public static TrainingData Make(int count, long seed, float noise = 0.3f) =>
        Make([.. Enumerable.Range(0, count).Select(i => (long)(i % Classes))], seed, noise);

    public static TrainingData Make(long[] labels, long seed, float noise = 0.3f)
    {
        var values = new float[labels.Length * Size * Size];
        new PhiloxStreams(seed).Normal(RandomPurpose.Data, 0, labels.Length, 0, values);
        for (int i = 0; i < values.Length; i++)
        {
            (int y, int x) = (i / Size % Size, i % Size);
            bool bright = labels[i / (Size * Size)] switch { 0 => y % 4 < 2, 1 => x % 4 < 2, _ => x + y < 6 };
            values[i] = Math.Clamp((bright ? 0.6f : -0.6f) + noise * values[i], -1, 1);
        }
        return TrainingData.FromValues(values, labels, 1, Size, Size);
    }
}
