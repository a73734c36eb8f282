using System.Text.Json;
using System.Text.Json.Serialization;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// What a training knows about the weights it made and whoever samples from them has to know: how the output is meant,
/// which weights these are, and the units of the data. Kept beside the weights as <c>training.json</c>.
/// </summary>
public sealed record TrainingRecord
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>
    /// What the output stands for, by diffusers' name: <c>epsilon</c>, <c>sample</c> or <c>v_prediction</c>.
    /// </summary>
    public required string PredictionType { get; init; }

    /// <summary>T, the number of training timesteps of the scheduler, at least 1.</summary>
    public required int NumTrainTimesteps { get; init; }

    /// <summary>How many optimizer steps were made.</summary>
    public long Steps { get; init; }

    /// <summary>Which of the training's weights the denoiser holds.</summary>
    /// <value><see cref="WeightsKind.Online"/>.</value>
    public WeightsKind Weights { get; init; }

    /// <summary>Whether the training kept an average, from which samples are better than from online weights.</summary>
    /// <value>false.</value>
    public bool HasEma { get; init; }

    /// <summary>The label that stands for no class, where the training dropped some labels.</summary>
    /// <value>null: there is none, so no classifier-free guidance.</value>
    public long? NullLabel { get; init; }

    /// <summary>The units the denoiser works in, to be undone on what is sampled.</summary>
    /// <value>null: those of the data.</value>
    public Standardization? Standardization { get; init; }

    /// <summary>In which numbers the last training computed; the weights are float32 always.</summary>
    /// <value><see cref="Precision.Full"/>, which is left out of the file.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Precision Precision { get; init; }

    /// <summary>Reads training.json.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="InvalidDataException">
    /// The text is not such a record, or a value is out of its range.
    /// </exception>
    public static TrainingRecord FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            TrainingRecord record = JsonSerializer.Deserialize<TrainingRecord>(json, s_json)
                ?? throw new InvalidDataException("The training record is null.");
            if (record.Precision == Precision.Auto)
            {
                throw new InvalidDataException("The training record says precision auto; expected what it chose.");
            }
            return record.NumTrainTimesteps >= 1 && record.Steps >= 0 && record.NullLabel is null or >= 0
                ? record
                : throw new InvalidDataException(
                    $"The training record says num_train_timesteps {record.NumTrainTimesteps}, steps {record.Steps} " +
                    $"and null_label {record.NullLabel}; expected at least 1, 0 and 0.");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"The training record is not valid: {error.Message}", error);
        }
    }

    /// <summary>The text of training.json.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);
}
