using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>Samples that a request brings, one for all samples of the run or one for each.</summary>
internal sealed class GivenSamples
{
    private readonly Samples _samples;
    private readonly int[] _shape;
    private readonly int _size;

    private GivenSamples(Samples samples)
    {
        _samples = samples;
        _shape = [.. samples.Shape.Skip(1)];
        _size = samples.Values.Length / samples.Count;
    }

    /// <summary>Checks them; null for null.</summary>
    /// <param name="name">What they are called in the request.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="count">How many samples the run has.</param>
    /// <param name="sampleShape">The shape of one sample.</param>
    /// <exception cref="ArgumentException">Their shape or number does not fit, or a value is not finite.</exception>
    public static GivenSamples? Create(string name, Samples? samples, int count, IReadOnlyList<int> sampleShape)
    {
        if (samples is null)
        {
            return null;
        }
        if (!samples.Shape.Skip(1).SequenceEqual(sampleShape) || (samples.Count != 1 && samples.Count != count))
        {
            string one = string.Join(", ", sampleShape);
            throw new ArgumentException(
                $"{name} has shape [{string.Join(", ", samples.Shape)}]; expected [1, {one}] for all {count} " +
                $"samples, or [{count}, {one}].", name);
        }
        if (!TensorPrimitives.IsFiniteAll(samples.Values.Span))
        {
            int bad = Array.FindIndex(samples.Values.ToArray(), value => !float.IsFinite(value));
            throw new ArgumentException(
                $"{name} holds {samples.Values.Span[bad]} in sample {bad / (samples.Values.Length / samples.Count)}; " +
                "expected finite numbers.", name);
        }
        return new GivenSamples(samples);
    }

    /// <summary>The values of one sample of the run; behind the last there is the last again.</summary>
    public ReadOnlySpan<float> Of(int sample) => _samples[Math.Min(sample, _samples.Count - 1)];

    /// <summary>The values of samples of the run, float32 [rows, ...]; the caller disposes them.</summary>
    public Tensor Rows(int first, int rows, Device device)
    {
        var values = new float[rows * _size];
        for (int row = 0; row < rows; row++)
        {
            Of(first + row).CopyTo(values.AsSpan(row * _size));
        }
        return tensor(values, [rows, .. _shape.Select(size => (long)size)], ScalarType.Float32, device);
    }
}
