using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// All that a training is at a moment: weights, optimizer, averages, losses. What <see cref="Tensors"/> names plus the
/// numbers here is exactly what a checkpoint holds, and what going on needs.
/// </summary>
internal sealed class TrainingState : IDisposable
{
    private readonly Denoiser _denoiser;

    public TrainingState(Denoiser denoiser, TrainingOptions options)
    {
        _denoiser = denoiser;
        Flat = new FlatParameters(denoiser);
        Optimizer = new FlatAdam(Flat.Values, options);
        Ema = [.. options.Ema.Select(average => new EmaModel(denoiser, Flat, average))];
    }

    /// <summary>The weights and their gradient.</summary>
    public FlatParameters Flat { get; }

    /// <summary>The optimizer with its moments.</summary>
    public FlatAdam Optimizer { get; }

    /// <summary>The averages.</summary>
    public IReadOnlyList<EmaModel> Ema { get; }

    /// <summary>The loss of each step.</summary>
    public List<float> Losses { get; } = [];

    /// <summary>Steps made.</summary>
    public long Step => Losses.Count;

    /// <summary>Factor on the learning rate: halved by every going back.</summary>
    public double RateFactor { get; set; } = 1;

    /// <summary>How often the training went back.</summary>
    public int RollBacks { get; set; }

    /// <summary>The tensors themselves, by the names that checkpoints use. Only the dictionary is new.</summary>
    public Dictionary<string, Tensor> Tensors()
    {
        Dictionary<string, Tensor> all = new(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in _denoiser.state_dict())
        {
            all[$"model.{name}"] = value;
        }
        all["optimizer.exp_avg"] = Optimizer.ExpAvg;
        all["optimizer.exp_avg_sq"] = Optimizer.ExpAvgSq;
        for (int k = 0; k < Ema.Count; k++)
        {
            foreach ((string name, Tensor value) in Ema[k].Averages)
            {
                all[$"ema.{k}.{name}"] = value;
            }
        }
        return all;
    }

    /// <summary>Overwrites the state by values of the same names and shapes.</summary>
    public void Restore(IReadOnlyDictionary<string, Tensor> values, IEnumerable<float> losses)
    {
        using IDisposable withoutGradients = no_grad();
        foreach ((string name, Tensor own) in Tensors())
        {
            own.copy_(values[name]);
        }
        float[] kept = [.. losses];
        Losses.Clear();
        Losses.AddRange(kept);
        Optimizer.Steps = Step;
        foreach (EmaModel average in Ema)
        {
            average.OptimizationStep = Step;
        }
    }

    /// <summary>What is not finite among weights and averages; null if all is well.</summary>
    public string? NotFinite()
    {
        using var scope = NewDisposeScope();
        if (!Flat.Values.isfinite().all().item<bool>())
        {
            return "a weight";
        }
        return Ema.All(average => average.IsFinite()) ? null : "an average of the weights";
    }

    /// <summary>Frees all but the averages, which a result may take over.</summary>
    public void Dispose()
    {
        foreach (EmaModel average in Ema)
        {
            average.LeaveFlat();
        }
        Optimizer.Dispose();
        Flat.Dispose();
    }

    /// <summary>Frees the averages too.</summary>
    public void DisposeAll()
    {
        Dispose();
        foreach (EmaModel average in Ema)
        {
            average.Dispose();
        }
    }
}
