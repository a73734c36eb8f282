using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>
/// A formula of sample, timestep and class, value by value, so that nothing depends on the size of a batch:
/// tanh(x) / 2 + sin(label) + t / 1000.
/// </summary>
/// <param name="classes">How many classes; null for a denoiser that takes none.</param>
/// <param name="outputFactor">How many times the sample's channels the output has; 2 for a learned variance.</param>
/// <param name="shape">[D] or [C, H, W].</param>
internal sealed class ClassDenoiser(int? classes, int outputFactor = 1, params int[] shape)
    : Denoiser(nameof(ClassDenoiser))
{
    private readonly int[] _shape = shape.Length == 0 ? [2] : shape;

    public override IReadOnlyList<int> SampleShape => _shape;

    public override int? NumClasses => classes;

    /// <summary>The labels of every call, one text each.</summary>
    public List<string> Asked { get; } = [];

    public override string ToConfigJson() => "{}";

    public override Tensor forward(Tensor sample, Tensor timestep, Tensor? condition)
    {
        Asked.Add(condition is null ? "none" : string.Join(" ", condition.data<long>().ToArray()));
        using var scope = NewDisposeScope();
        long[] column = [sample.shape[0], .. Enumerable.Repeat(1L, _shape.Length)];
        Tensor time = timestep.to_type(ScalarType.Float32).mul((TorchSharp.Scalar)0.001).view(column);
        Tensor output = sample.tanh().mul((TorchSharp.Scalar)0.5).add(time);
        Tensor shift = condition is null
            ? zeros(column)
            : condition.to_type(ScalarType.Float32).sin().view(column);
        output = output.add(shift);
        return (outputFactor == 1 ? output : cat([output, shift.expand_as(output)], 1)).MoveToOuterDisposeScope();
    }
}
