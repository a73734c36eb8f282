using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Pipelines;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

// Averages as diffusers' EMAModel keeps them: a model's folder whose weights are the averages and whose config.json
// says how they came about.
public sealed partial class EmaModel
{
    /// <summary>
    /// Writes a denoiser's averages as diffusers' EMAModel.save_pretrained does: config.json, with decay and step among
    /// the denoiser's own keys, and diffusion_pytorch_model.safetensors. The folder is a whole model and loads as one.
    /// It appears whole or not at all.
    /// </summary>
    /// <param name="folder">The folder; missing parents are made.</param>
    /// <exception cref="InvalidOperationException">The model that is followed is no <see cref="Denoiser"/>.</exception>
    /// <exception cref="IOException">The disk failed, or the path is a file.</exception>
    public void SavePretrained(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        Denoiser denoiser = _model as Denoiser ?? throw new InvalidOperationException(
            $"Only the averages of a denoiser are saved with its config, but this one follows a {_model.GetName()}. " +
            $"{nameof(Save)} writes the averages alone.");
        JsonConfig config = JsonConfig.Parse(denoiser.ToConfigJson(), DenoiserFolder.ConfigName);
        config.Set("decay", Options.Decay);
        config.Set("min_decay", Options.MinDecay);
        config.Set("update_after_step", Options.UpdateAfterStep);
        config.Set("use_ema_warmup", Options.UseEmaWarmup);
        config.Set("inv_gamma", Options.InvGamma);
        config.Set("power", Options.Power);
        config.Set(StepKey, OptimizationStep);
        AtomicFolder.Write(folder, temporary =>
        {
            AtomicFile.WriteText(Path.Combine(temporary, DenoiserFolder.ConfigName), config.ToJson());
            TensorFile.Save(Path.Combine(temporary, DenoiserFolder.WeightsName), State(denoiser));
        });
    }

    /// <summary>
    /// An average that goes on where a folder of <see cref="SavePretrained"/> or of diffusers'
    /// EMAModel.save_pretrained stands: its averages, decay and step.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="denoiser">The denoiser to follow from now on, of the same architecture; its weights stay.</param>
    /// <returns>The average; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">
    /// The folder holds another model or no average, or a value is out of its range.
    /// </exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static EmaModel FromPretrained(string folder, Denoiser denoiser)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(denoiser);
        string path = Path.Combine(folder, DenoiserFolder.ConfigName);
        DenoiserFolder.RequireFile(path);
        JsonConfig config = JsonConfig.Load(path);
        long step = config.GetInt64(StepKey);
        if (step < 0)
        {
            throw new InvalidDataException($"{path}: \"{StepKey}\" is {step}; expected at least 0.");
        }
        var average = new EmaModel(denoiser, ReadOptions(config)) { OptimizationStep = step };
        try
        {
            DenoiserFolder.LoadWeights(folder, denoiser, average.State(denoiser));
            return average;
        }
        catch
        {
            average.Dispose();
            throw;
        }
    }

    private static EmaOptions ReadOptions(JsonConfig config)
    {
        var options = new EmaOptions
        {
            Decay = config.GetDouble("decay"),
            MinDecay = config.GetDouble("min_decay"),
            UpdateAfterStep = config.GetInt64("update_after_step"),
            UseEmaWarmup = config.GetBoolean("use_ema_warmup"),
            InvGamma = config.GetDouble("inv_gamma"),
            Power = config.GetDouble("power"),
        };
        try
        {
            options.Validate();
            return options;
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{config.Source}: {error.Message}", error);
        }
    }

    // The denoiser's state with the averages in place of its parameters.
    private Dictionary<string, Tensor> State(Denoiser denoiser)
    {
        Dictionary<Tensor, Tensor> averages = new(ReferenceEqualityComparer.Instance);
        foreach ((_, Parameter value, Tensor average) in _entries)
        {
            averages.Add(value, average);
        }
        return denoiser.state_dict().ToDictionary(
            pair => pair.Key, pair => averages.GetValueOrDefault(pair.Value, pair.Value), StringComparer.Ordinal);
    }
}
