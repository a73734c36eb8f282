using System.Text.Json;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Recorded;

/// <summary>A tensor in a recorded file; integers and truth values are exact in its doubles.</summary>
internal sealed record RecordedTensor(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("shape")] long[] Shape,
    [property: JsonPropertyName("values")] double[] Values,
    [property: JsonPropertyName("grad")] bool Grad = false)
{
    private static readonly JsonSerializerOptions s_options =
        new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private ScalarType ScalarType => Type switch
    {
        "float64" => ScalarType.Float64,
        "float32" => ScalarType.Float32,
        "int64" => ScalarType.Int64,
        "int32" => ScalarType.Int32,
        "int16" => ScalarType.Int16,
        "bool" => ScalarType.Bool,
        _ => throw new InvalidDataException($"Unknown type {Type}."),
    };

    /// <summary>Reads a file that lies beside this one.</summary>
    public static T Read<T>(string fileName)
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Recorded", fileName));
        return JsonSerializer.Deserialize<T>(file, s_options)!;
    }

    public Tensor ToTensor() =>
        tensor(Values, dtype: ScalarType.Float64).reshape(Shape).to(ScalarType).clone().requires_grad_(Grad);

    /// <summary>
    /// Asserts that a tensor has this type and shape, and these values within a relative and absolute tolerance.
    /// </summary>
    public void AssertEquals(Tensor actual, double tolerance, string what)
    {
        Assert.True(actual.dtype == ScalarType, $"{what}: expected {ScalarType}, is {actual.dtype}");
        Assert.True(actual.shape.SequenceEqual(Shape),
            $"{what}: expected [{string.Join(", ", Shape)}], is [{string.Join(", ", actual.shape)}]");
        double[] values = Numbers(actual);
        for (int k = 0; k < values.Length; k++)
        {
            bool same = values[k].Equals(Values[k])
                || Math.Abs(values[k] - Values[k]) <= tolerance * Math.Max(1, Math.Abs(Values[k]));
            Assert.True(same, $"{what}: element {k} is {values[k]:R}, expected {Values[k]:R}");
        }
    }

    public static double[] Numbers(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor.detach().clone().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
