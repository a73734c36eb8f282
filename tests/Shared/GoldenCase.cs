using System.Reflection;
using System.Text.Json;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests;

/// <summary>One recorded case: case.json, its tensors, its files and its tolerances. See tests/Golden/README.md.</summary>
public sealed class GoldenCase
{
    private static readonly string s_root = typeof(GoldenCase).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "GoldenFolder").Value!;

    private GoldenCase(string path)
    {
        Path = path;
        Json = JsonDocument.Parse(ReadText("case.json")).RootElement;
        Tensors = new RecordedTensors(File(Json.GetProperty("tensors_file").GetString()!));
    }

    /// <summary>Folder and name, as in "schedulers/ddpm_linear_epsilon".</summary>
    public string Path { get; }

    /// <summary>case.json.</summary>
    public JsonElement Json { get; }

    public RecordedTensors Tensors { get; }

    /// <summary>Opens a case and counts it as run.</summary>
    public static GoldenCase Open(string path)
    {
        var opened = new GoldenCase(path);
        GoldenTally.Count(path);
        return opened;
    }

    /// <summary>Paths of the cases of a folder, of those whose name starts so.</summary>
    public static IEnumerable<string> List(string folder, string prefix = "") =>
        Directory.EnumerateDirectories(System.IO.Path.Combine(s_root, folder), prefix + "*")
            .Select(found => $"{folder}/{System.IO.Path.GetFileName(found)}")
            .Order(StringComparer.Ordinal);

    /// <summary>The same as rows of a theory.</summary>
    public static TheoryData<string> Rows(string folder, string prefix = "") => new(List(folder, prefix));

    public string File(string name) => System.IO.Path.Combine(s_root, Path, name);

    public string ReadText(string name) => System.IO.File.ReadAllText(File(name));

    public float[] Floats(string name) => Tensors.Floats(name);

    public long[] Integers(string name) => Tensors.Integers(name);

    /// <summary>A recorded tensor as a torch tensor of its own.</summary>
    public Tensor Tensor(string name) => Tensors.IsInteger(name)
        ? tensor(Integers(name), Tensors.Shape(name))
        : tensor(Floats(name), Tensors.Shape(name));

    /// <summary>Fails where |actual - expected| > atol + rtol |expected|, with the tolerances of the case.</summary>
    public void AssertClose(string name, Tensor actual, int? step = null, bool freeRunning = false)
    {
        using var scope = NewDisposeScope();
        long[] shape = Tensors.Shape(name);
        Assert.Equal(step is null ? shape : shape[1..], actual.shape);
        AssertClose(name, actual.to_type(ScalarType.Float32).contiguous().data<float>().ToArray(), step, freeRunning);
    }

    /// <summary>As the other overload; <paramref name="step"/> picks a row of a tensor that has the steps first.</summary>
    public void AssertClose(string name, ReadOnlySpan<float> actual, int? step = null, bool freeRunning = false)
    {
        ReadOnlySpan<float> expected = Floats(name);
        if (step is { } row)
        {
            int size = expected.Length / (int)Tensors.Shape(name)[0];
            expected = expected.Slice(row * size, size);
        }
        Assert.Equal(expected.Length, actual.Length);
        (double atol, double rtol) = Tolerance(name, freeRunning);
        for (int i = 0; i < expected.Length; i++)
        {
            // Written so that NaN fails.
            bool close = Math.Abs((double)actual[i] - expected[i]) <= atol + rtol * Math.Abs(expected[i]);
            Assert.True(close, $"{Path}: {name}{(step is null ? "" : $" step {step}")}[{i}] is {actual[i]}, recorded {expected[i]}, atol {atol}, rtol {rtol}.");
        }
    }

    private (double Atol, double Rtol) Tolerance(string name, bool freeRunning)
    {
        JsonElement tolerance = Json.GetProperty("tolerance");
        JsonElement chosen = tolerance.GetProperty("default");
        foreach (string table in freeRunning ? ["by_tensor", "free_running"] : (string[])["by_tensor"])
        {
            if (tolerance.TryGetProperty(table, out JsonElement byTensor) && byTensor.TryGetProperty(name, out JsonElement own))
            {
                chosen = own;
            }
        }
        return (chosen.GetProperty("atol").GetDouble(), chosen.GetProperty("rtol").GetDouble());
    }
}
