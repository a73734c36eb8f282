using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>A copy of a training's state in memory, to go back to.</summary>
internal sealed class StateSnapshot : IDisposable
{
    private readonly Dictionary<string, Tensor> _values;
    private readonly float[] _losses;

    public StateSnapshot(TrainingState state)
    {
        using IDisposable withoutGradients = no_grad();
        using var scope = NewDisposeScope();
        _values = state.Tensors().ToDictionary(
            pair => pair.Key, pair => pair.Value.detach().clone().DetachFromDisposeScope(), StringComparer.Ordinal);
        _losses = [.. state.Losses];
    }

    /// <summary>Steps made when the copy was taken.</summary>
    public long Step => _losses.Length;

    public void Restore(TrainingState state) => state.Restore(_values, _losses);

    public void Dispose()
    {
        foreach (Tensor value in _values.Values)
        {
            value.Dispose();
        }
    }
}
