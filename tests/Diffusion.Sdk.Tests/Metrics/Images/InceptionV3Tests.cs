using System.Text;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Metrics;
using Diffusion.Sdk.Tests.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Metrics;

public class InceptionV3Tests : TensorTest
{
    private const int Stride = 16; // every 16th feature is recorded

    // Of 94 convolutions; features reach 30.
    private const double Tolerance = 1e-5;

    [Fact]
    public void Features_WeightsOfTheRecording_AreThoseOfTorchvision()
    {
        Recorded recorded = Recordings.Read<Recorded>("inception.json");
        using var folder = new TemporaryFolder();
        string path = folder.File("inception.safetensors");
        Assert.Equal(recorded.Keys, WriteWeights(path));

        using InceptionV3 network = InceptionV3.FromSafetensors(path);
        using Tensor full = tensor(Pictures(1, 3 * 299 * 299), [1, 3, 299, 299]);
        using (no_grad())
        {
            using Tensor features = network.forward(full);
            Assert.Equal([1, 2048], features.shape);
            AssertRecorded(recorded.Full, features.data<float>().ToArray());
        }
        var shown = new List<int>();
        ImageFeatures grey = network.Extract(
            TrainingData.FromValues(Pictures(2, 2 * 28 * 28), 1, 28, 28), new Progress(shown.Add));

        Assert.Equal((2, 2048), (grey.Vectors.Count, grey.Vectors.Dimensions));
        Assert.Null(grey.Classes);
        Assert.Equal([2], shown);
        for (int n = 0; n < 2; n++)
        {
            AssertRecorded(recorded.Grey[n], grey.Vectors.Values.Span.Slice(n * 2048, 2048));
        }
    }

    [Fact]
    public void FromSafetensors_FileThatDoesNotFit_SaysWhatIsWrong()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("wrong.safetensors");
        using Tensor one = ones(1);
        using Tensor square = ones(32, 3, 2, 2);
        TensorFile.Save(path, new Dictionary<string, Tensor>
        {
            ["Conv2d_1a_3x3.conv.weight"] = square, ["Mixed_9z.conv.weight"] = one, ["fc.weight"] = one,
        });

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => InceptionV3.FromSafetensors(path));

        Assert.StartsWith(
            $"{path} does not fit InceptionV3: \"Conv2d_1a_3x3.bn.weight\" is missing;", error.Message,
            StringComparison.Ordinal);
        Assert.EndsWith("and 466 more.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromSafetensors_WeightsPortedFromTensorFlow_AreRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("fid.safetensors");
        using Tensor classifier = ones(1008, 2048);
        TensorFile.Save(path, new Dictionary<string, Tensor> { ["fc.weight"] = classifier });

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => InceptionV3.FromSafetensors(path));

        Assert.Contains("1008 classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromSafetensors_NoFileOrAnotherKind_IsAnInputError()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("text.safetensors");
        File.WriteAllText(path, "no weights");

        Assert.Throws<FileNotFoundException>(() => InceptionV3.FromSafetensors(folder.File("none.safetensors")));
        Assert.Throws<SafetensorsException>(() => InceptionV3.FromSafetensors(path));
    }

    [Fact]
    public void Prepare_GreyImage_BecomesThreeEqualChannelsOf299()
    {
        using var scope = NewDisposeScope();
        Tensor grey = tensor(Pictures(3, 2 * 7 * 5), [2, 1, 7, 5]);

        Tensor prepared = InceptionV3.Prepare(grey);

        Assert.Equal([2, 3, 299, 299], prepared.shape);
        Assert.True(prepared.select(1, 0).allclose(prepared.select(1, 2), 0, 0));
        Assert.Equal(grey[1, 0, 6, 4].item<float>(), prepared[1, 1, 298, 298].item<float>());
    }

    [Fact]
    public void Extract_SamplesThatAreNoImages_AreRefused()
    {
        using var network = new InceptionV3();

        ArgumentException points = Assert.Throws<ArgumentException>(
            () => network.Extract(TrainingData.FromValues([1, 2, 3, 4], 2)));
        ArgumentException two = Assert.Throws<ArgumentException>(
            () => network.Extract(TrainingData.FromValues([1, 2, 3, 4], 2, 1, 2)));
        using Tensor small = ones(1, 3, 28, 28);
        ArgumentException size = Assert.Throws<ArgumentException>(() => network.forward(small));

        Assert.Contains("[2]; expected images [1, H, W]", points.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 1, 2]; expected images", two.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 3, 28, 28]; expected [N, 3, 299, 299]", size.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Extract_Cancelled_Stops()
    {
        using var network = new InceptionV3();

        Assert.ThrowsAny<OperationCanceledException>(() => network.Extract(
            TrainingData.FromValues([1, 2, 3, 4], 1, 2, 2), cancellationToken: new CancellationToken(canceled: true)));
    }

    // As inception.py makes them; the heads that are not used and one counter less. Returns how many keys a full
    // file has.
    private static int WriteWeights(string path)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        using var network = new InceptionV3();
        Dictionary<string, Tensor> state = network.state_dict();
        int keys = state.Count;
        foreach ((string name, Tensor value) in state.Where(pair => pair.Value.is_floating_point()))
        {
            float[] drawn = Draw(name, value.shape, value.NumberOfElements);
            value.copy_(tensor(drawn, value.shape));
        }
        Assert.True(state.Remove("Mixed_7c.branch_pool.bn.num_batches_tracked"));
        state["fc.weight"] = zeros(1000, 2048);
        state["AuxLogits.fc.bias"] = zeros(1000);
        TensorFile.Save(path, state);
        return keys;
    }

    private static float[] Draw(string name, long[] shape, long count)
    {
        long salt = Salt(name);
        double spread = shape.Length == 4 ? Math.Sqrt(6.0 / (shape[1] * shape[2] * shape[3])) : 0;
        Func<double, double> rule = name[(name.LastIndexOf('.') + 1)..] switch
        {
            "weight" => spread > 0 ? u => u * spread : u => 1 + 0.2 * u,
            "running_var" => u => 1 + 0.5 * u,
            _ => u => 0.1 * u,
        };
        var values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)rule(Hashed.At(i, salt));
        }
        return values;
    }

    // 32-bit FNV-1a.
    private static long Salt(string name) =>
        Encoding.UTF8.GetBytes(name).Aggregate(0x811C9DC5u, (hash, value) => (hash ^ value) * 0x01000193);

    private static float[] Pictures(int salt, int count) => [.. Enumerable.Range(0, count)
        .Select(i => (float)(Math.Floor((Hashed.At(i, salt) + 1) * 128) / 127.5 - 1))];

    private static void AssertRecorded(float[] recorded, ReadOnlySpan<float> features)
    {
        for (int k = 0; k < recorded.Length; k++)
        {
            Assert.Equal(recorded[k], features[k * Stride], Tolerance * (1 + Math.Abs(recorded[k])));
        }
    }

    public sealed record Recorded(float[] Full, float[][] Grey, int Keys);

    private sealed class Progress(Action<int> report) : IProgress<int>
    {
        public void Report(int value) => report(value);
    }
}
