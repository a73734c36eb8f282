using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// The data of a training on its device, in the form that takes the least memory, and the values of any of them.
/// </summary>
internal sealed class StoredData : IDisposable
{
    private readonly Func<Tensor, Tensor> _toValues;
    private readonly Tensor _rows; // [N, ...]
    private readonly Tensor? _labels; // [N]

    /// <param name="data">The data.</param>
    /// <param name="units">The units of the denoiser; null for those of the data.</param>
    /// <param name="withLabels">Whether samples are picked with their labels.</param>
    /// <param name="device">Where the data shall be.</param>
    public StoredData(TrainingData data, Standardization? units, bool withLabels, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor stored = data.Store();
        Tensor rows = units is null ? stored : units.Apply(data.FromStored(stored));
        _toValues = units is null ? data.FromStored : values => values;
        _rows = rows.to(device).DetachFromDisposeScope();
        NumClasses = data.NumClasses;
        _labels = withLabels ? tensor(data.Labels.ToArray()).to(device).DetachFromDisposeScope() : null;
    }

    /// <summary>How many samples there are (N).</summary>
    public int Count => (int)_rows.shape[0];

    /// <summary>How many classes there are; 0 where samples have no labels.</summary>
    public int NumClasses { get; }

    /// <summary>The shape of one sample, without the batch.</summary>
    public long[] SampleShape => _rows.shape[1..];

    /// <summary>Where the data are.</summary>
    public Device Device => _rows.device;

    /// <summary>Samples in the units of the denoiser, and their labels; all of the current scope.</summary>
    /// <param name="indices">Which, int64 [B].</param>
    /// <param name="mirrored">Which of these to turn left to right, not 0, int64 [B]; null for none.</param>
    /// <returns>float32 [B, ...]; int64 [B] where samples are picked with labels.</returns>
    public (Tensor Values, Tensor? Labels) Pick(Tensor indices, Tensor? mirrored)
    {
        Tensor rows = _rows.index_select(0, indices);
        if (mirrored is not null)
        {
            rows = where(mirrored.view(-1, 1, 1, 1).ne(0), rows.flip(3), rows);
        }
        return (_toValues(rows), _labels?.index_select(0, indices));
    }

    public void Dispose()
    {
        _rows.Dispose();
        _labels?.Dispose();
    }
}
