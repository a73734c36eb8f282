using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The shape of an <see cref="MlpDenoiser"/>. The defaults are those of the tutorial on the mixture of three Gaussians.
/// </summary>
public sealed record MlpDenoiserConfig
{
    /// <summary>What <c>_class_name</c> says in config.json.</summary>
    public const string ClassName = nameof(MlpDenoiser);

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>D, the dimensions of a point, at least 1.</summary>
    /// <value>2.</value>
    public int DataDimension { get; init; } = 2;

    /// <summary>Units of each hidden layer, at least 1.</summary>
    /// <value>128.</value>
    public int Width { get; init; } = 128;

    /// <summary>Hidden layers, at least 1.</summary>
    /// <value>3.</value>
    public int Depth { get; init; } = 3;

    /// <summary>The function after each hidden layer and inside the time network.</summary>
    /// <value><see cref="Activation.Silu"/>.</value>
    public Activation Activation { get; init; } = Activation.Silu;

    /// <summary>How a timestep becomes numbers.</summary>
    /// <value><see cref="TimeEmbeddingKind.Sinusoidal"/>.</value>
    public TimeEmbeddingKind TimeEmbedding { get; init; } = TimeEmbeddingKind.Sinusoidal;

    /// <summary>Width of the time embedding and of the network behind it, at least 2.</summary>
    /// <value>64.</value>
    public int TimeWidth { get; init; } = 64;

    /// <summary>
    /// Whether a small network (linear, activation, linear) stands behind the time embedding; else the layers see the
    /// embedding itself.
    /// </summary>
    /// <value>true.</value>
    public bool TimeNetwork { get; init; } = true;

    /// <summary>
    /// The angular frequencies of a sinusoidal embedding over the time t / T, [TimeWidth / 2], finite. Copied in;
    /// record equality compares the list by reference.
    /// </summary>
    /// <value>null: those of transformers over the timestep itself, from 1 falling to 1 / 10,000.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? TimeFrequencies
    {
        get;
        init => field = value is null ? null : Array.AsReadOnly(value.ToArray());
    }

    /// <summary>
    /// T, at least 1: the rows of a learned time embedding, the unit of <see cref="TimeFrequencies"/>; else not used.
    /// </summary>
    /// <value>1000.</value>
    public int NumTrainTimesteps { get; init; } = 1000;

    /// <summary>How many classes the denoiser tells apart, at least 1: the rows of its class embedding.</summary>
    /// <value>null: none; it takes no labels.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? NumClassEmbeds { get; init; }

    /// <summary>
    /// How many numbers each sample is conditioned on, at least 1; a small network (linear, activation, linear) embeds
    /// them. Not together with classes.
    /// </summary>
    /// <value>null: none.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ConditionWidth { get; init; }

    /// <summary>
    /// Whether the output has 2 D numbers, the second half for the variance that a scheduler adds that learns it.
    /// </summary>
    /// <value>false, which is left out of the file.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LearnsVariance { get; init; }

    /// <summary>Keys of a loaded file that this version does not know; written back as they were.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? UnknownKeys { get; init; }

    /// <summary>Reads config.json. A missing key keeps its default; unknown keys are kept.</summary>
    /// <param name="json">The text.</param>
    /// <param name="logger">Is told about unknown keys.</param>
    /// <exception cref="InvalidDataException">
    /// The text is not the config of such a denoiser, or a value is out of its range.
    /// </exception>
    public static MlpDenoiserConfig FromJson(string json, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            MlpDenoiserConfig config = JsonSerializer.Deserialize<MlpDenoiserConfig>(json, s_json)
                ?? throw new InvalidDataException("The config of the MlpDenoiser is null.");
            IDictionary<string, JsonElement> unknown = config.UnknownKeys ?? new Dictionary<string, JsonElement>();
            string? name = unknown.Remove("_class_name", out JsonElement value) ? value.ToString() : null;
            if (name != ClassName)
            {
                throw new InvalidDataException(
                    $"The config is for {(name is null ? "no class" : $"\"{name}\"")}; expected \"{ClassName}\".");
            }
            config.Validate();
            if (unknown.Count > 0 && logger is not null)
            {
                DenoiserLog.UnknownKeysKept(logger, ClassName, string.Join(", ", unknown.Keys));
            }
            return unknown.Count > 0 ? config : config with { UnknownKeys = null };
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"The config of the MlpDenoiser is not valid: {error.Message}", error);
        }
    }

    /// <summary>How many numbers the output has for each sample.</summary>
    internal int OutputWidth => LearnsVariance ? 2 * DataDimension : DataDimension;

    /// <summary>The text of config.json.</summary>
    public string ToJson()
    {
        Dictionary<string, JsonElement> all = new() { ["_class_name"] = JsonSerializer.SerializeToElement(ClassName) };
        foreach (JsonProperty property in JsonSerializer.SerializeToElement(this, s_json).EnumerateObject())
        {
            all[property.Name] = property.Value;
        }
        return JsonSerializer.Serialize(all, s_json) + "\n";
    }

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">
    /// A value is out of its range; the message names it, the value and what is expected.
    /// </exception>
    public void Validate()
    {
        Require(DataDimension >= 1, nameof(DataDimension), DataDimension, "at least 1");
        Require(Width >= 1, nameof(Width), Width, "at least 1");
        Require(Depth is >= 1 and <= 1024, nameof(Depth), Depth, "in [1, 1024]");
        Require(TimeWidth >= 2, nameof(TimeWidth), TimeWidth, "at least 2");
        Require(NumTrainTimesteps >= 1, nameof(NumTrainTimesteps), NumTrainTimesteps, "at least 1");
        Require(NumClassEmbeds is null or >= 1, nameof(NumClassEmbeds), NumClassEmbeds, "null or at least 1");
        Require(
            ConditionWidth is null or >= 1 && !(ConditionWidth is not null && NumClassEmbeds is not null),
            nameof(ConditionWidth), ConditionWidth, "null or at least 1, and null where there are classes");
        Require(
            TimeFrequencies is null || (TimeEmbedding == TimeEmbeddingKind.Sinusoidal
                && 2 * TimeFrequencies.Count == TimeWidth && TimeFrequencies.All(double.IsFinite)),
            nameof(TimeFrequencies), TimeFrequencies is null ? null : string.Join(" ", TimeFrequencies),
            $"null, or for a sinusoidal embedding TimeWidth / 2 = {TimeWidth / 2} finite numbers");
        Require(Enum.IsDefined(Activation), nameof(Activation), Activation, "a known activation");
        Require(Enum.IsDefined(TimeEmbedding), nameof(TimeEmbedding), TimeEmbedding, "a known time embedding");
    }

    private static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {expected}.");
        }
    }
}
