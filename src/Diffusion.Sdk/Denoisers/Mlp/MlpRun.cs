using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A sampling run of <see cref="MlpDenoiser"/> that makes almost no tensors. The first layer sees [x, e(t)], so its
/// result is x Wx^T plus a row that depends on the timestep alone, and with classes plus one that depends on the class
/// alone: those rows are computed once for all steps. The rest is in-place operators on reused buffers, a block of rows
/// at a time through all layers, so that it stays in the cache. Shapes: N batch, D dimensions, W width, S steps,
/// K classes, R rows of a block.
/// </summary>
internal sealed class MlpRun : DenoiserRun
{
    private const int BlockRows = 1024;

    private readonly MlpDenoiser _denoiser;
    private readonly Activation _activation;
    private readonly int _steps;
    private readonly Tensor _firstRows; // [S, W]
    private readonly Tensor? _classRows; // [K, W]
    private readonly Tensor? _conditionWeights; // [E, W], where there are other conditions than classes
    private readonly Tensor[] _weights; // each [inputs, outputs], a view of the layer's own
    private readonly Tensor?[] _biases; // [outputs]; none for the first layer, whose rows hold it
    private Buffers? _buffers;

    public MlpRun(MlpDenoiser denoiser, long[] timesteps)
    {
        if (timesteps.Length == 0)
        {
            throw new ArgumentException("A run needs at least one timestep.", nameof(timesteps));
        }
        (_denoiser, _activation, _steps) = (denoiser, denoiser.Config.Activation, timesteps.Length);
        using IDisposable withoutGradients = no_grad();
        using var scope = NewDisposeScope();
        IReadOnlyList<Linear> layers = denoiser.Layers;
        (_firstRows, _classRows) = FirstRows(denoiser, timesteps);
        Tensor first = layers[0].weight.detach(); // [W, D + E]
        int dimensions = denoiser.Config.DataDimension;
        _conditionWeights = denoiser.ConditionWidth is null
            ? null
            : first.narrow(1, dimensions, denoiser.Config.TimeWidth).t().DetachFromDisposeScope();
        _weights = [first.narrow(1, 0, dimensions).t(), .. layers.Skip(1).Select(layer => layer.weight.detach().t())];
        _biases = [null, .. layers.Skip(1).Select(layer => layer.bias!.detach())];
        Array.ForEach(_weights, weight => weight.DetachFromDisposeScope());
        Array.ForEach(_biases, bias => bias?.DetachFromDisposeScope());
    }

    /// <summary>What the first layer adds to x Wx^T at each step, [S, W], and for each class, [K, W].</summary>
    public static (Tensor Steps, Tensor? Classes) FirstRows(MlpDenoiser denoiser, IReadOnlyList<long> timesteps)
    {
        using var scope = NewDisposeScope();
        MlpDenoiserConfig config = denoiser.Config;
        Linear layer = denoiser.Layers[0];
        Tensor weight = layer.weight.detach(); // [W, D + E]
        Tensor timeWeight = weight.narrow(1, config.DataDimension, config.TimeWidth).t(); // [E, W]
        Tensor time = denoiser.EmbedTime(tensor([.. timesteps], device: weight.device)); // [S, E]
        return (
            time.matmul(timeWeight).add_(layer.bias!.detach()).DetachFromDisposeScope(),
            denoiser.ClassTable?.detach().matmul(timeWeight).DetachFromDisposeScope());
    }

    public override Tensor Predict(int stepIndex, Tensor sample, Tensor? condition = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stepIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stepIndex, _steps);
        _denoiser.CheckSample(sample);
        int count = (int)sample.size(0);
        _denoiser.CheckCondition(condition, count);
        if (_buffers?.Count != count)
        {
            _buffers?.Dispose();
            _buffers = new Buffers(count, _denoiser.Config, _firstRows);
        }
        using IDisposable withoutGradients = no_grad();
        using Tensor row = _firstRows.select(0, stepIndex); // [W]
        foreach (Block block in _buffers.Blocks)
        {
            if (_buffers.Blocks.Count == 1)
            {
                Run(sample, row, condition, block);
                continue;
            }
            using Tensor part = sample.narrow(0, block.Start, block.Rows);
            using Tensor? given = condition?.narrow(0, block.Start, block.Rows);
            Run(part, row, given, block);
        }
        return _buffers.Output;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }
        _buffers?.Dispose();
        _firstRows.Dispose();
        _classRows?.Dispose();
        _conditionWeights?.Dispose();
        Array.ForEach(_weights, weight => weight.Dispose());
        Array.ForEach(_biases, bias => bias?.Dispose());
    }

    private void Run(Tensor input, Tensor firstRow, Tensor? condition, Block block)
    {
        (Tensor current, Tensor next) = (block.Even, block.Odd);
        current.copy_(firstRow).addmm_(input, _weights[0]); // [R, W]
        if (_conditionWeights is not null)
        {
            using Tensor embedded = _denoiser.EmbedCondition(condition!); // [R, E]
            current.addmm_(embedded, _conditionWeights);
        }
        else if (condition is not null)
        {
            using Tensor classRows = _classRows!.index_select(0, condition); // [R, W]
            current.add_(classRows);
        }
        for (int k = 1; k < _weights.Length - 1; k++)
        {
            _activation.ApplyInPlace(current);
            next.copy_(_biases[k]!).addmm_(current, _weights[k]); // [R, W]
            (current, next) = (next, current);
        }
        _activation.ApplyInPlace(current);
        block.Output.copy_(_biases[^1]!).addmm_(current, _weights[^1]); // [R, D]
    }

    /// <summary>Rows [Start, Start + Rows) of the batch and where their layers go.</summary>
    private sealed record Block(long Start, long Rows, Tensor Even, Tensor Odd, Tensor Output);

    /// <summary>The memory for one batch size.</summary>
    private sealed class Buffers : IDisposable
    {
        private readonly List<Tensor> _tensors = [];

        public Buffers(int count, MlpDenoiserConfig config, Tensor like)
        {
            Count = count;
            long rows = Math.Min(count, BlockRows);
            Tensor even = Own(empty([rows, config.Width], like.dtype, like.device));
            Tensor odd = Own(empty([rows, config.Width], like.dtype, like.device));
            Output = Own(empty([count, config.OutputWidth], like.dtype, like.device));
            for (long start = 0; start < count; start += rows)
            {
                long size = Math.Min(rows, count - start);
                (Tensor first, Tensor second) = (Own(even.narrow(0, 0, size)), Own(odd.narrow(0, 0, size)));
                Blocks.Add(new Block(start, size, first, second, Own(Output.narrow(0, start, size))));
            }
        }

        public int Count { get; }

        public Tensor Output { get; }

        public List<Block> Blocks { get; } = [];

        public void Dispose() => _tensors.ForEach(tensor => tensor.Dispose());

        private Tensor Own(Tensor tensor)
        {
            _tensors.Add(tensor.DetachFromDisposeScope());
            return tensor;
        }
    }
}
