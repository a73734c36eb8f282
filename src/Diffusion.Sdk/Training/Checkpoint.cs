using System.Globalization;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>
/// A training on the disk: one safetensors file with every tensor and number of its state. The loss of each step is the
/// tensor <c>loss_history</c>; numbers are texts in the file's metadata.
/// </summary>
internal sealed record Checkpoint
{
    private const string Format = "diffusion-sdk-checkpoint";
    private const string Version = "1";
    private const string LossHistory = "loss_history";

    private static readonly Dictionary<Precision, string> s_precisions = new()
    {
        [Precision.Full] = "float32",
        [Precision.BFloat16] = "bfloat16",
    };

    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Steps made.</summary>
    public required long Step { get; init; }

    /// <summary>How many threads the run used: the order of its sums.</summary>
    public required int Threads { get; init; }

    /// <summary>In which numbers the run computed: <see cref="Precision.Full"/> or BFloat16.</summary>
    public required Precision Precision { get; init; }

    /// <summary>See <see cref="TrainingState.RateFactor"/>.</summary>
    public required double RateFactor { get; init; }

    /// <summary>See <see cref="TrainingState.RollBacks"/>.</summary>
    public required int RollBacks { get; init; }

    /// <summary>See <see cref="RunSettings"/>.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Writes a file; when this returns it is whole and safe on the disk.</summary>
    /// <exception cref="IOException">The disk failed; nothing is left under the name.</exception>
    public void Save(TrainingState state)
    {
        AtomicFile.DeleteLeftovers(Path);
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors = state.Tensors();
        tensors[LossHistory] = tensor(state.Losses.ToArray());
        TensorFile.Save(Path, tensors, new Dictionary<string, string>
        {
            ["format"] = Format,
            ["version"] = Version,
            ["precision"] = s_precisions[Precision],
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["threads"] = Threads.ToString(CultureInfo.InvariantCulture),
            ["rate_factor"] = RateFactor.ToString("R", CultureInfo.InvariantCulture),
            ["roll_backs"] = RollBacks.ToString(CultureInfo.InvariantCulture),
            ["settings"] = RunSettings.Write(Settings),
        });
    }

    /// <summary>Reads what a file says about itself, not its tensors.</summary>
    /// <exception cref="InvalidDataException">The file is no checkpoint of ours, or it is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read, or is no whole safetensors file.</exception>
    public static Checkpoint Open(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        IReadOnlyDictionary<string, string> said = file.Metadata ?? new Dictionary<string, string>();
        Expect(path, said, "format", Format);
        Expect(path, said, "version", Version);
        Expect(path, said, "precision", [.. s_precisions.Values]);
        try
        {
            var checkpoint = new Checkpoint
            {
                Path = path,
                Step = long.Parse(said["step"], CultureInfo.InvariantCulture),
                Threads = int.Parse(said["threads"], CultureInfo.InvariantCulture),
                Precision = s_precisions.Single(pair => pair.Value == said["precision"]).Key,
                RateFactor = double.Parse(said["rate_factor"], CultureInfo.InvariantCulture),
                RollBacks = int.Parse(said["roll_backs"], CultureInfo.InvariantCulture),
                Settings = RunSettings.Read(said["settings"]),
            };
            long losses = file[LossHistory].Shape is [var count] ? count : -1;
            return losses == checkpoint.Step && checkpoint.Threads >= 1
                ? checkpoint
                : throw new InvalidDataException(
                    $"{path} says step {checkpoint.Step} on {checkpoint.Threads} threads, but holds {losses} losses; " +
                    "expected a loss for each step, and at least one thread.");
        }
        catch (Exception error) when (
            error is KeyNotFoundException or FormatException or OverflowException or System.Text.Json.JsonException)
        {
            throw new InvalidDataException($"{path} is a damaged checkpoint: {error.Message}", error);
        }
    }

    /// <summary>Puts a training into the state of the file.</summary>
    /// <exception cref="InvalidDataException">
    /// The tensors are not those of this training; nothing was changed.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Load(TrainingState state)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> values = TensorFile.Load(Path);
        foreach ((string name, Tensor own) in state.Tensors())
        {
            if (!values.TryGetValue(name, out Tensor? saved)
                || saved.dtype != own.dtype
                || !saved.shape.AsSpan().SequenceEqual(own.shape))
            {
                string found = saved is null ? "nothing" : $"{saved.dtype} [{string.Join(", ", saved.shape)}]";
                throw new InvalidDataException(
                    $"{Path} holds {found} as {name}; expected {own.dtype} [{string.Join(", ", own.shape)}].");
            }
        }
        state.Restore(values, values[LossHistory].data<float>().ToArray());
        (state.RateFactor, state.RollBacks) = (RateFactor, RollBacks);
    }

    private static void Expect(
        string path, IReadOnlyDictionary<string, string> said, string key, params string[] expected)
    {
        string? found = said.GetValueOrDefault(key);
        if (!expected.Contains(found))
        {
            throw new InvalidDataException(
                $"{path} is no checkpoint of this SDK: its {key} is {(found is null ? "missing" : $"\"{found}\"")}; " +
                $"expected \"{string.Join("\" or \"", expected)}\".");
        }
    }
}
