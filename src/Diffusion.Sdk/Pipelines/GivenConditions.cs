using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>The numbers that the samples of a run are conditioned on: one row for all, or one for each.</summary>
internal sealed class GivenConditions
{
    private readonly float[] _values; // [1 or count, width]
    private readonly int _width;

    private GivenConditions(float[] values, int width) => (_values, _width) = (values, width);

    /// <summary>What a request says; null where the denoiser takes no such condition.</summary>
    /// <exception cref="ArgumentException">
    /// There are conditions although none are taken, there are none, or their shape or a number does not fit.
    /// </exception>
    public static GivenConditions? Create(float[,]? conditions, Denoiser denoiser, int count)
    {
        if (denoiser.ConditionWidth is not { } width)
        {
            return conditions is null
                ? null
                : throw Wrong("given", $"null, since the {denoiser.GetName()} takes none", nameof(conditions));
        }
        if (conditions is null || conditions.GetLength(1) != width
            || (conditions.GetLength(0) != 1 && conditions.GetLength(0) != count))
        {
            string shape = conditions is null ? "null" : $"[{conditions.GetLength(0)}, {conditions.GetLength(1)}]";
            throw Wrong(shape, $"[1, {width}] for all samples or [{count}, {width}]", nameof(conditions));
        }
        float[] values = [.. conditions.Cast<float>()];
        return values.All(float.IsFinite)
            ? new GivenConditions(values, width)
            : throw Wrong("not finite", "finite numbers", nameof(conditions));
    }

    /// <summary>The conditions of samples, float32 [rows, width]; those behind the last have its condition. The caller
    /// disposes it.</summary>
    public Tensor Rows(int first, int rows, Device device)
    {
        using var scope = NewDisposeScope();
        int last = _values.Length / _width - 1;
        return tensor(
            [.. Enumerable.Range(first, rows).SelectMany(sample => Row(Math.Min(sample, last)))],
            [rows, _width], ScalarType.Float32, device).DetachFromDisposeScope();
    }

    private ArraySegment<float> Row(int index) => new(_values, index * _width, _width);

    private static ArgumentException Wrong(string given, string expected, string name) => new(
        $"{nameof(GenerateOptions.Conditions)} is {given}; expected {expected}.", name);
}
