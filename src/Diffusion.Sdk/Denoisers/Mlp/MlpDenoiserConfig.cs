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

    /// <summary>T, the rows of a learned time embedding, at least 1; a sinusoidal one does not use it.</summary>
    /// <value>1000.</value>
    public int NumTrainTimesteps { get; init; } = 1000;

    /// <summary>How many classes the denoiser tells apart, at least 1: the rows of its class embedding.</summary>
    /// <value>null: none; it takes no labels.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? NumClassEmbeds { get; init; }

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
