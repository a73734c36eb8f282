using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Pipelines;

/// <summary>A denoiser as diffusers lays out a model: config.json and its weights, and beside them our
/// training.json.</summary>
internal static class DenoiserFolder
{
    public const string ConfigName = "config.json";
    public const string WeightsName = "diffusion_pytorch_model.safetensors";
    public const string RecordName = "training.json";

    private const string PickleName = "diffusion_pytorch_model.bin";
    private const string NoRecord = "null\n";
    private const int ProblemsShown = 5;

    /// <summary>Writes the files into a folder.</summary>
    /// <param name="folder">The folder; it is made.</param>
    /// <param name="denoiser">The denoiser.</param>
    /// <param name="replaces">A folder of an earlier denoiser, whose other files will be kept; its record must not
    /// be.</param>
    /// <param name="halfPrecision">Whether weights are written as float16.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="InvalidOperationException">A weight is too large for float16.</exception>
    public static void Save(string folder, Denoiser denoiser, string replaces, bool halfPrecision = false)
    {
        AtomicFile.WriteText(Path.Combine(folder, ConfigName), denoiser.ToConfigJson());
        using var scope = NewDisposeScope();
        TensorFile.Save(
            Path.Combine(folder, WeightsName), halfPrecision ? Halved(denoiser) : denoiser.state_dict());
        if (denoiser.TrainingRecord is { } record)
        {
            AtomicFile.WriteText(Path.Combine(folder, RecordName), record.ToJson());
        }
        else if (File.Exists(Path.Combine(replaces, RecordName)))
        {
            AtomicFile.WriteText(Path.Combine(folder, RecordName), NoRecord);
        }
    }

    /// <summary>Loads a denoiser; the caller disposes it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="className">The class that the pipeline's index names.</param>
    /// <param name="denoisers">Who makes denoisers.</param>
    /// <param name="logger">Is told about keys that are kept without effect; null for nobody.</param>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    /// <exception cref="IOException">A file is missing, cannot be read, or breaks the rules of safetensors.</exception>
    public static Denoiser Load(
        string folder, string className, DenoiserRegistry denoisers, ILogger? logger = null)
    {
        string path = Path.Combine(folder, ConfigName);
        RequireFile(path);
        string config = File.ReadAllText(path);
        string own = JsonConfig.Parse(config, path).GetString("_class_name");
        if (own != className)
        {
            throw new InvalidDataException(
                $"{path} is for \"{own}\", but {ModelIndex.FileName} names \"{className}\".");
        }
        Denoiser denoiser = denoisers.Create(className, config, path, logger);
        try
        {
            LoadWeights(folder, denoiser, denoiser.state_dict());
            denoiser.TrainingRecord = LoadRecord(Path.Combine(folder, RecordName));
            return denoiser;
        }
        catch
        {
            denoiser.Dispose();
            throw;
        }
    }

    /// <exception cref="FileNotFoundException">The file is missing.</exception>
    public static void RequireFile(string path, string hint = "")
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path} is missing{hint}.", path);
        }
    }

    /// <summary>Reads the weights of a denoiser.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="denoiser">The denoiser, for the names that files may use.</param>
    /// <param name="state">What is overwritten: its state, or tensors in place of it.</param>
    /// <exception cref="InvalidDataException">The weights do not fit; nothing was changed.</exception>
    /// <exception cref="IOException">
    /// The file is missing, cannot be read, or breaks the rules of safetensors.
    /// </exception>
    public static void LoadWeights(string folder, Denoiser denoiser, Dictionary<string, Tensor> state)
    {
        string path = Path.Combine(folder, WeightsName);
        RequireFile(path, !File.Exists(Path.Combine(folder, PickleName))
            ? ""
            : $"; there is {PickleName}, but pickles are programs and are not read. " +
                "Save the model from diffusers with safe_serialization=True");
        using var file = SafetensorsFile.Open(path);
        Dictionary<string, Tensor> own = state.DistinctBy(pair => denoiser.KeyOf(pair.Key))
            .ToDictionary(pair => denoiser.KeyOf(pair.Key), pair => pair.Value);
        Dictionary<string, SafetensorsEntry> given = file.Entries.DistinctBy(entry => denoiser.KeyOf(entry.Name))
            .ToDictionary(entry => denoiser.KeyOf(entry.Name));
        RequireFit(file.Path, given, own, denoiser.GetName());
        using IDisposable guard = no_grad();
        foreach ((string key, Tensor tensor) in own)
        {
            using Tensor read = TensorFile.Read(file, given[key]);
            tensor.copy_(read);
        }
    }

    // Whole numbers stay what they are.
    private static Dictionary<string, Tensor> Halved(Denoiser denoiser)
    {
        using IDisposable guard = no_grad();
        return denoiser.state_dict().ToDictionary(pair => pair.Key, pair =>
        {
            if (pair.Value.dtype != ScalarType.Float32)
            {
                return pair.Value;
            }
            Tensor half = pair.Value.to(ScalarType.Float16);
            return half.isfinite().all().item<bool>()
                ? half
                : throw new InvalidOperationException(
                    $"\"{pair.Key}\" has a weight that is not within +-65504, which float16 holds; save it in full.");
        });
    }

    private static void RequireFit(
        string path, Dictionary<string, SafetensorsEntry> given, Dictionary<string, Tensor> own, string className)
    {
        List<string> problems =
            [.. own.Keys.Where(key => !given.ContainsKey(key)).Select(key => $"\"{key}\" is missing")];
        problems.AddRange(given.Where(pair => !own.ContainsKey(pair.Key))
            .Select(pair => $"\"{pair.Value.Name}\" is not expected"));
        problems.AddRange(own
            .Where(pair => given.TryGetValue(pair.Key, out SafetensorsEntry? entry)
                && !entry.Shape.SequenceEqual(pair.Value.shape))
            .Select(pair =>
                $"\"{given[pair.Key].Name}\" has shape [{string.Join(", ", given[pair.Key].Shape)}], " +
                $"expected [{string.Join(", ", pair.Value.shape)}]"));
        if (problems.Count > 0)
        {
            string more = problems.Count > ProblemsShown ? $"; and {problems.Count - ProblemsShown} more" : "";
            throw new InvalidDataException(
                $"{path} does not fit the {className} of {ConfigName}: " +
                $"{string.Join("; ", problems.Take(ProblemsShown))}{more}.");
        }
    }

    private static TrainingRecord? LoadRecord(string path)
    {
        if (!File.Exists(path) || File.ReadAllText(path) is not { } text || text == NoRecord)
        {
            return null;
        }
        try
        {
            return TrainingRecord.FromJson(text);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}
