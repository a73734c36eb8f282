using System.Diagnostics;
using System.Runtime.InteropServices;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>Our side of the comparison for images.</summary>
internal sealed class UNetWork : IDisposable
{
    public const int Batch = 64;

    // Channels 32-64-64, two layers a block, attention at the two lower levels; the rest is diffusers' default.
    private static readonly UNet2DConfig s_config = new()
    {
        SampleSize = 28,
        InChannels = 1,
        OutChannels = 1,
        BlockOutChannels = [32, 64, 64],
        DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D, DownBlockType.AttnDownBlock2D],
        UpBlockTypes = [UpBlockType.AttnUpBlock2D, UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D],
    };

    private readonly Tensor _sample = tensor(Numbers(RandomPurpose.InitialNoise, Batch), [Batch, 1, 28, 28]);
    private readonly Tensor _timesteps = arange(0, 1000, 1000.0 / Batch, ScalarType.Float32).to_type(ScalarType.Int64);

    private readonly BFloat16Copy _rounded;

    public UNetWork() => _rounded = new BFloat16Copy(Model);

    public UNet2DModel Model { get; } = new(s_config, new PhiloxStreams(0), zeroOutput: false);

    public TrainingData Data { get; } =
        TrainingData.FromValues(Array.ConvertAll(Numbers(RandomPurpose.Data, 512), MathF.Tanh), 1, 28, 28);

    public DdpmScheduler Scheduler { get; } = new(new DdpmSchedulerConfig());

    /// <summary>What the peer loads.</summary>
    public void Save(string folder)
    {
        TensorFile.Save(Path.Combine(folder, "weights.safetensors"), Model.state_dict());
        TensorFile.Save(
            Path.Combine(folder, "inputs.safetensors"),
            new Dictionary<string, Tensor> { ["sample"] = _sample, ["timesteps"] = _timesteps });
    }

    /// <summary>Seconds of one forward pass without gradients.</summary>
    public double Forward(Precision precision)
    {
        long begin = Stopwatch.GetTimestamp();
        Run(precision, _ => { });
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>The greatest difference from the peer's output, over its greatest value.</summary>
    public double ErrorAgainst(string path, Precision precision)
    {
        float[] theirs = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
        double error = double.NaN;
        Run(precision, output =>
        {
            float[] ours = output.data<float>().ToArray();
            error = ours.Zip(theirs, (a, b) => Math.Abs((double)a - b)).Max() / theirs.Max(Math.Abs);
        });
        return error;
    }

    public void Dispose()
    {
        _sample.Dispose();
        _timesteps.Dispose();
        _rounded.Dispose();
        Model.Dispose();
    }

    private void Run(Precision precision, Action<Tensor> look)
    {
        using var scope = NewDisposeScope();
        using IDisposable withoutGradients = inference_mode();
        look(precision == Precision.Full
            ? Model.call(_sample, _timesteps, null)
            : _rounded.Twin.call(_sample.to_type(ScalarType.BFloat16), _timesteps, null).to_type(ScalarType.Float32));
    }

    private static float[] Numbers(RandomPurpose purpose, int count)
    {
        var values = new float[count * 28 * 28];
        new PhiloxStreams(0).Normal(purpose, 0, count, 0, values);
        return values;
    }
}
