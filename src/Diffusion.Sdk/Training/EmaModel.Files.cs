using System.Globalization;
using Diffusion.Sdk.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

// Averages in files.
public sealed partial class EmaModel
{
    private const string StepKey = "optimization_step";

    /// <summary>
    /// Writes the averages by parameter name, and how many steps they took, to a safetensors file, atomically.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Save(string path) => TensorFile.Save(path, Averages, new Dictionary<string, string>
    {
        ["format"] = "pt",
        [StepKey] = OptimizationStep.ToString(CultureInfo.InvariantCulture),
    });

    /// <summary>
    /// Takes over the averages and the step of a file that <see cref="Save"/> wrote for the same model.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file does not fit the model; nothing was changed.</exception>
    /// <exception cref="IOException">The file cannot be read, or is no whole safetensors file.</exception>
    public void Load(string path)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        string? text = file.Metadata?.GetValueOrDefault(StepKey);
        if (!long.TryParse(text, CultureInfo.InvariantCulture, out long step) || step < 0)
        {
            throw new InvalidDataException($"{path} is no saved average: its metadata has no {StepKey}.");
        }
        Dictionary<string, Tensor> values = TensorFile.Load(path);
        foreach ((string name, _, Tensor average) in _entries)
        {
            if (!values.TryGetValue(name, out Tensor? saved) || !saved.shape.AsSpan().SequenceEqual(average.shape))
            {
                string found = saved is null ? "nothing" : $"[{string.Join(", ", saved.shape)}]";
                throw new InvalidDataException(
                    $"{path} holds {found} as {name}; expected [{string.Join(", ", average.shape)}].");
            }
        }
        foreach ((string name, _, Tensor average) in _entries)
        {
            average.copy_(values[name]);
        }
        OptimizationStep = step;
    }
}
