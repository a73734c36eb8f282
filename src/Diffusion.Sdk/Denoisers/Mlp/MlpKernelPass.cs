using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// Forward and backward of <see cref="MlpDenoiser"/> by the native kernels: blocks of rows, shared out among a few
/// threads, go through all layers and back. In bfloat16 weights, sums, biases and the gradients of the weights stay
/// float32; Micikevicius et al. 2017 (arXiv:1710.03740), section 3.1, but the range is that of float32, so the loss
/// needs no scaling. Shapes: N batch, O outputs, P parameters.
/// </summary>
internal sealed unsafe class MlpKernelPass : TrainingPass
{
    private const int MostRows = 128; // of a block: two layers' results stay in the second cache
    private const int LeastRows = 32; // of a thread

    private readonly MlpDenoiser _denoiser;
    private readonly int _batchSize;
    private readonly Tensor _output; // [N, O]
    private readonly Tensor _gradient; // [P]
    private readonly MlpKernelNetwork _network;
    private readonly Team _team;
    private readonly MlpKernelBlock[] _blocks; // those of member m are m, m + members, ...
    private readonly NativeBuffer[] _others; // [P] each: the gradients of every member but the first
    private readonly Action<int>[] _work; // pack, forward, backward, sum
    private float* _sample;
    private long* _timesteps;
    private byte* _condition;
    private float* _byOutput;

    public MlpKernelPass(MlpDenoiser denoiser, int batchSize, int numTrainTimesteps, Tensor gradient, bool rounded)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        (_denoiser, _batchSize) = (denoiser, batchSize);
        _network = new MlpKernelNetwork(denoiser, numTrainTimesteps, gradient, rounded);
        _gradient = gradient.alias().DetachFromDisposeScope();
        _output = empty([batchSize, denoiser.Config.OutputWidth]).DetachFromDisposeScope();
        _team = new Team(BatchParts.Count(batchSize, LeastRows));
        _blocks = new MlpKernelBlock[Math.Max(_team.Members, (batchSize - 1) / MostRows + 1)];
        for (int b = 0; b < _blocks.Length; b++)
        {
            _blocks[b] = new MlpKernelBlock(_network, First(b + 1) - First(b));
        }
        _others = [.. Enumerable.Range(1, _team.Members - 1).Select(
            _ => new NativeBuffer(gradient.NumberOfElements * sizeof(float)))];
        _work = [Pack, Forward, Backward, Sum]; // made once: a step needs no memory
    }

    public override Tensor Forward(Tensor sample, Tensor timesteps, Tensor? condition)
    {
        CheckCondition(condition);
        _sample = Kernels.At<float>(sample);
        _timesteps = Kernels.At<long>(timesteps);
        _condition = Kernels.At<byte>(condition);
        _team.Run(_work[0]);
        _team.Run(_work[1]);
        return _output;
    }

    public override void Backward(Tensor gradient)
    {
        _byOutput = Kernels.At<float>(gradient);
        _team.Run(_work[2]);
        _team.Run(_work[3]);
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }
        _team.Dispose();
        Array.ForEach(_blocks, block => block.Dispose());
        Array.ForEach(_others, other => other.Dispose());
        _network.Dispose();
        _output.Dispose();
        _gradient.Dispose();
    }

    private void Pack(int member) => _network.Pack(member, _team.Members);

    private void Forward(int member)
    {
        MlpDenoiserConfig config = _denoiser.Config;
        int conditionBytes = config.ConditionWidth * sizeof(float) ?? sizeof(long); // numbers, or a label
        float* output = Kernels.At<float>(_output);
        for (int b = member; b < _blocks.Length; b += _team.Members)
        {
            int first = First(b);
            _blocks[b].Forward(
                _sample + first * config.DataDimension, _timesteps + first,
                _condition is null ? null : _condition + first * conditionBytes, output + first * config.OutputWidth);
        }
    }

    private void Backward(int member)
    {
        float* own = member == 0 ? Kernels.At<float>(_gradient) : _others[member - 1].Floats;
        new Span<float>(own, (int)_gradient.NumberOfElements).Clear();
        for (int b = member; b < _blocks.Length; b += _team.Members)
        {
            _blocks[b].Backward(_byOutput + First(b) * _denoiser.Config.OutputWidth, own);
        }
    }

    // Each member has a share of the parameters, and adds in the order of the members.
    private void Sum(int member)
    {
        long values = _gradient.NumberOfElements;
        long from = values * member / _team.Members, to = values * (member + 1) / _team.Members;
        foreach (NativeBuffer other in _others)
        {
            KernelLibrary.Combine(Kernels.At<float>(_gradient) + from, 1, other.Floats + from, 1, null, 0, to - from);
        }
    }

    // The kernels read whatever is there.
    private void CheckCondition(Tensor? condition)
    {
        _denoiser.CheckCondition(condition, _batchSize);
        if (_denoiser.NumClasses is not null)
        {
            _denoiser.CheckLabelRange(condition!);
        }
        else if (condition is not null && condition.dtype != ScalarType.Float32)
        {
            throw new ArgumentException($"The condition is {condition.dtype}; expected Float32.", nameof(condition));
        }
    }

    private int First(int block) => (int)((long)_batchSize * block / _blocks.Length);
}
