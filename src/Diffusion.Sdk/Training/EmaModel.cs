using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// An exponential moving average of a model's weights, by the rules of diffusers' EMAModel. Samples from the average
/// are usually better than from the weights themselves. Parameters that are not trained are copied, not averaged.
/// </summary>
public sealed partial class EmaModel : IDisposable
{
    private readonly nn.Module _model;
    private readonly (string Name, Parameter Value, Tensor Average)[] _entries;
    private Tensor? _average; // all trainable averages in one, where the model's parameters are laid out so
    private Tensor? _source;
    private Dictionary<string, Tensor>? _stored;
    private TrainingRecord? _storedRecord;

    /// <summary>Starts an average that equals the model's weights.</summary>
    /// <param name="model">The model to follow; it must outlive this object.</param>
    /// <param name="options">How to forget; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public EmaModel(nn.Module model, EmaOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, Options) = (model, options ?? new EmaOptions());
        Options.Validate();
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        _entries = [.. model.named_parameters().Select(named => (named.name, named.parameter, Clone(named.parameter)))];
    }

    /// <summary>
    /// As the other constructor, for a model whose parameters lie in one buffer: a step is two operators.
    /// </summary>
    internal EmaModel(nn.Module model, FlatParameters flat, EmaOptions options)
    {
        (_model, Options) = (model, options);
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        _average = Clone(flat.Values);
        _source = flat.Values.alias().DetachFromDisposeScope();
        var entries = new List<(string, Parameter, Tensor)>();
        long start = 0;
        foreach ((string name, Parameter value) in flat.Trainable)
        {
            Tensor view = _average.narrow(0, start, value.NumberOfElements).view(value.shape);
            entries.Add((name, value, view.DetachFromDisposeScope()));
            start += value.NumberOfElements;
        }
        entries.AddRange(flat.Frozen.Select(named => (named.Name, named.Value, Clone(named.Value))));
        _entries = [.. entries];
    }

    /// <summary>How the average forgets.</summary>
    public EmaOptions Options { get; }

    /// <summary>How many steps the average has taken.</summary>
    public long OptimizationStep { get; internal set; }

    /// <summary>The share of the old average that the last step kept; 0 before the first.</summary>
    public double CurrentDecay => Options.DecayAt(OptimizationStep);

    /// <summary>The averages by parameter name. They belong to this object and change with every step.</summary>
    public IReadOnlyDictionary<string, Tensor> Averages =>
        _entries.ToDictionary(entry => entry.Name, entry => entry.Average, StringComparer.Ordinal);

    /// <summary>Takes in the model's weights as they are now; to be called after each optimizer step.</summary>
    public void Step()
    {
        OptimizationStep++;
        double decay = CurrentDecay;
        using IDisposable withoutGradients = no_grad();
        if (_source is not null)
        {
            Mix(_average!, _source, decay);
        }
        foreach ((_, Parameter value, Tensor average) in _entries)
        {
            if (!value.requires_grad)
            {
                average.copy_(value);
            }
            else if (_source is null)
            {
                Mix(average, value, decay);
            }
        }
    }

    /// <summary>
    /// Writes the averages into a model, over its weights. A <see cref="Denoiser"/>'s record says so afterwards.
    /// </summary>
    /// <param name="target">A model with the same parameters; null for the one followed.</param>
    /// <exception cref="ArgumentException">
    /// A parameter is missing in the target, or has another shape; nothing was copied.
    /// </exception>
    public void CopyTo(nn.Module? target = null)
    {
        target ??= _model;
        Dictionary<string, Parameter> own = target.named_parameters().ToDictionary(
            named => named.name, named => named.parameter, StringComparer.Ordinal);
        foreach ((string name, _, Tensor average) in _entries)
        {
            if (!own.TryGetValue(name, out Parameter? place) || !place.shape.AsSpan().SequenceEqual(average.shape))
            {
                throw new ArgumentException(
                    $"The average of {name}, [{string.Join(", ", average.shape)}], does not fit {target.GetName()}, " +
                    $"which has {(place is null ? "no such parameter" : $"[{string.Join(", ", place.shape)}]")}.",
                    nameof(target));
            }
        }
        using IDisposable withoutGradients = no_grad();
        foreach ((string name, _, Tensor average) in _entries)
        {
            own[name].copy_(average);
        }
        if (target is Denoiser { TrainingRecord: { } record } denoiser)
        {
            denoiser.TrainingRecord = record with { Weights = WeightsKind.Ema, HasEma = true };
        }
    }

    /// <summary>Keeps the model's weights aside for <see cref="Restore"/>.</summary>
    public void Store()
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        DropStored();
        _stored = _entries.ToDictionary(entry => entry.Name, entry => Clone(entry.Value), StringComparer.Ordinal);
        _storedRecord = (_model as Denoiser)?.TrainingRecord;
    }

    /// <summary>Gives the model the weights back that <see cref="Store"/> kept.</summary>
    /// <exception cref="InvalidOperationException">Nothing is stored.</exception>
    public void Restore()
    {
        Dictionary<string, Tensor> stored = _stored
            ?? throw new InvalidOperationException("There are no stored weights to restore; call Store first.");
        using (no_grad())
        {
            foreach ((string name, Parameter value, _) in _entries)
            {
                value.copy_(stored[name]);
            }
        }
        if (_model is Denoiser denoiser)
        {
            denoiser.TrainingRecord = _storedRecord;
        }
        DropStored();
    }

    /// <summary>
    /// Lets the model have the averages until the result is disposed, which gives it its own weights back.
    /// </summary>
    /// <returns>To be disposed when done: <c>using (ema.Swap()) { ... }</c>.</returns>
    public IDisposable Swap()
    {
        Store();
        CopyTo();
        return new Swapped(this);
    }

    /// <summary>Frees the averages.</summary>
    public void Dispose()
    {
        DropStored();
        LeaveFlat();
        _average?.Dispose();
        Array.ForEach(_entries, entry => entry.Average.Dispose());
    }

    /// <summary>
    /// Forgets that the model's parameters lie in one buffer, because its holder is about to let go of it.
    /// </summary>
    internal void LeaveFlat()
    {
        _source?.Dispose();
        _source = null;
    }

    /// <summary>Whether all averages are finite numbers.</summary>
    internal bool IsFinite()
    {
        using var scope = NewDisposeScope();
        return _entries.All(entry => entry.Average.isfinite().all().item<bool>());
    }

    private static void Mix(Tensor average, Tensor value, double decay)
    {
        if (Kernels.ServeAll(average, value, null))
        {
            Kernels.Combine(average, decay, value, 1 - decay, null, 0);
            return;
        }
        average.mul_(decay).add_(value, 1 - decay);
    }

    private static Tensor Clone(Tensor value) => value.detach().clone().DetachFromDisposeScope();

    private void DropStored()
    {
        foreach (Tensor kept in (IEnumerable<Tensor>?)_stored?.Values ?? [])
        {
            kept.Dispose();
        }
        _stored = null;
    }

    private sealed class Swapped(EmaModel owner) : IDisposable
    {
        private EmaModel? _owner = owner;

        public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Restore();
    }
}
