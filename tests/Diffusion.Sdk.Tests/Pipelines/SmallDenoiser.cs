using Diffusion.Sdk.Denoisers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>A network with real matrix products, and dropout that would show if it were on; weights are fixed by a
/// formula.</summary>
public sealed class SmallDenoiser : Denoiser
{
    private const int Width = 64;

    private readonly int[] _shape;
    private readonly int _factor;
    private readonly Linear _first;
    private readonly Linear _last;
    private readonly Dropout _dropout;

    /// <param name="outputFactor">How many times the sample's channels the output has; 2 for a learned
    /// variance.</param>
    /// <param name="shape">[D] or [C, H, W].</param>
    public SmallDenoiser(int outputFactor = 1, params int[] shape)
        : base(nameof(SmallDenoiser))
    {
        _shape = shape.Length == 0 ? [2] : shape;
        _factor = outputFactor;
        int values = _shape.Aggregate(1, (product, size) => product * size);
        _first = Linear(values + 1, Width);
        _last = Linear(Width, values * outputFactor);
        _dropout = Dropout(0.5);
        RegisterComponents();
        int seed = 0;
        foreach (Parameter parameter in parameters())
        {
            Fill(parameter, seed++);
        }
    }

    public override IReadOnlyList<int> SampleShape => _shape;

    /// <summary>Called at every forward; tests cancel, dispose or throw here.</summary>
    public Action? OnForward { get; set; }

    public override string ToConfigJson() =>
        $$"""
        {
          "_class_name": "SmallDenoiser",
          "output_factor": {{_factor}},
          "sample_shape": [{{string.Join(", ", _shape)}}]
        }

        """;

    public override Tensor forward(Tensor sample, Tensor timestep, Tensor? condition)
    {
        OnForward?.Invoke();
        long count = sample.shape[0];
        using var scope = NewDisposeScope();
        Tensor time = timestep.to(ScalarType.Float32).mul((TorchSharp.Scalar)0.01).view(count, 1);
        Tensor input = cat([sample.reshape(count, -1), time], 1);
        Tensor output = _last.call(_dropout.call(_first.call(input).tanh()));
        long[] shape = [count, _shape[0] * _factor, .. _shape[1..].Select(size => (long)size)];
        return output.reshape(shape).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _first.Dispose();
            _last.Dispose();
            _dropout.Dispose();
        }
        base.Dispose(disposing);
    }

    private static void Fill(Parameter parameter, int seed)
    {
        float[] values = [.. Enumerable.Range(0, (int)parameter.numel()).Select(
            i => 0.4f * MathF.Sin(1.7f * i + seed + 1))];
        using IDisposable guard = no_grad();
        using Tensor given = tensor(values, parameter.shape);
        parameter.copy_(given);
    }
}
