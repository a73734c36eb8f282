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
    private readonly Tensor? _conditions; // labels [N], or numbers [N, C]

    /// <param name="data">The data.</param>
    /// <param name="units">The units of the denoiser; null for those of the data.</param>
    /// <param name="withConditions">Whether samples are picked with their labels, or with what they have in place of
    /// such.</param>
    /// <param name="device">Where the data shall be.</param>
    public StoredData(TrainingData data, Standardization? units, bool withConditions, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor stored = data.Store();
        Tensor rows = units is null ? stored : units.Apply(data.FromStored(stored));
        _toValues = units is null ? data.FromStored : values => values;
        _rows = rows.to(device).DetachFromDisposeScope();
        NumClasses = data.NumClasses;
        _conditions = withConditions ? ConditionsOf(data).to(device).DetachFromDisposeScope() : null;
    }

    /// <summary>How many samples there are (N).</summary>
    public int Count => (int)_rows.shape[0];

    /// <summary>How many classes there are; 0 where samples have no labels.</summary>
    public int NumClasses { get; }

    /// <summary>The shape of one sample, without the batch.</summary>
    public long[] SampleShape => _rows.shape[1..];

    /// <summary>Where the data are.</summary>
    public Device Device => _rows.device;

    /// <summary>Samples in the units of the denoiser, and their conditions; all of the current scope.</summary>
    /// <param name="indices">Which, int64 [B].</param>
    /// <param name="mirrored">Which of these to turn left to right, not 0, int64 [B]; null for none.</param>
    /// <returns>
    /// float32 [B, ...]; labels, int64 [B], or numbers, float32 [B, C], where samples are picked with such.
    /// </returns>
    public (Tensor Values, Tensor? Conditions) Pick(Tensor indices, Tensor? mirrored)
    {
        Tensor rows = _rows.index_select(0, indices);
        if (mirrored is not null)
        {
            rows = where(mirrored.view(-1, 1, 1, 1).ne(0), rows.flip(3), rows);
        }
        return (_toValues(rows), _conditions?.index_select(0, indices));
    }

    public void Dispose()
    {
        _rows.Dispose();
        _conditions?.Dispose();
    }

    private static Tensor ConditionsOf(TrainingData data) => data.ConditionWidth > 0
        ? tensor(data.Conditions.ToArray(), [data.Count, data.ConditionWidth])
        : tensor(data.Labels.ToArray());
}
