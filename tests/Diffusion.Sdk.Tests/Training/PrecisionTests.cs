using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Tests.Denoisers;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Training;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

public sealed class PrecisionTests : TrainingTest, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TrainingOptions Saving => Tiny with
    {
        Precision = Precision.BFloat16,
        Ema = [new EmaOptions { Decay = 0.9 }],
        Checkpoints = new CheckpointOptions { Directory = _folder.File("run"), Every = 10, Keep = 5 },
    };

    [Theory]
    [InlineData("mlp")]
    [InlineData("mlp mish")]
    [InlineData("unet")]
    [InlineData("unet classes")]
    public void Pass_InBFloat16_GivesFloat32GradientsNearTheExactOnes(string name)
    {
        using Denoiser denoiser = BFloat16Tests.Make(name);
        using var flat = new FlatParameters(denoiser);
        var precision = new TrainingPrecision(denoiser, flat, Tiny with { BatchSize = 6 }, 1000);
        Tensor sample = BFloat16Tests.Normal([6, .. denoiser.SampleShape.Select(size => (long)size)], 1);
        Tensor target = BFloat16Tests.Normal(sample.shape, 2);
        Tensor timesteps = tensor([0L, 10, 100, 300, 700, 999]);
        Tensor? labels = denoiser.NumClasses is null ? null : tensor([0L, 1, 2, 0, 1, 2]);

        (Tensor exactOutput, Tensor exact) = Run(Precision.Full);
        (Tensor output, Tensor gradient) = Run(Precision.BFloat16);

        Assert.InRange(Error(output, exactOutput), 1e-4, 0.02);
        Assert.InRange(Error(gradient, exact), 1e-4, 0.03);

        (Tensor Output, Tensor Gradient) Run(Precision chosen)
        {
            using TrainingPass pass = precision.Begin(chosen);
            flat.Gradient.fill_(7); // whatever was there before must not matter
            Tensor said = pass.Forward(sample, timesteps, labels).detach().clone();
            Assert.Equal(ScalarType.Float32, said.dtype);
            pass.Backward((said - target).detach());
            return (said, flat.Gradient.clone());
        }
    }

    [Fact]
    public void Run_PointsInBFloat16_ConvergesAsInFloat32()
    {
        TrainingOptions options = Tiny with { Steps = 600, BatchSize = 64 };

        (double full, float[] exact) = Train(Precision.Full);
        (double rounded, float[] near) = Train(Precision.BFloat16);

        Assert.Equal(full, rounded, 0.02 * full); // mean loss of the last 200 steps: 1% apart when written
        Assert.NotEqual(exact, near);

        (double Loss, float[] Weights) Train(Precision precision)
        {
            using MlpDenoiser denoiser = new(new MlpDenoiserConfig { Width = 32, Depth = 2, TimeWidth = 16 });
            using TrainingResult result = NewTrainer(denoiser, options with { Precision = precision }).Run(Data);
            Assert.Equal(precision, result.Precision);
            Assert.True(result.MeanLoss(600, 200) < 0.8 * result.MeanLoss(20, 20));
            return (result.MeanLoss(600, 200), Weights(denoiser));
        }
    }

    [Fact]
    public void Run_ImagesInBFloat16_ConvergesAsInFloat32()
    {
        (double full, double rounded) = (Train(Precision.Full), Train(Precision.BFloat16));

        Assert.Equal(full, rounded, 0.03 * full);

        double Train(Precision precision)
        {
            using UNet2DModel denoiser = NewUNet(numClasses: 3);
            TrainingOptions options = TinyImages with
            {
                Steps = 80, BatchSize = 8, LearningRate = 5e-3, Precision = precision,
            };
            using TrainingResult result = NewTrainer(denoiser, options).Run(Images);
            Assert.True(result.MeanLoss(80, 20) < 0.7 * result.Losses[0]);
            return result.MeanLoss(80, 20);
        }
    }

    [Fact]
    public void Resume_InBFloat16_EndsBitForBitAsIfNeverStopped()
    {
        Dictionary<string, byte[]> whole = Final(null);
        File.Delete(_folder.File("run/checkpoint-00000030.safetensors"));
        Dictionary<string, byte[]> resumed = Final(_folder.File("run/checkpoint-00000010.safetensors"));

        Assert.Equal("bfloat16", Said("run/checkpoint-00000030.safetensors"));
        Assert.Equal(whole.Keys.Order(), resumed.Keys.Order());
        Assert.All(whole, pair => Assert.Equal(pair.Value, resumed[pair.Key]));

        Dictionary<string, byte[]> Final(string? from)
        {
            using MlpDenoiser denoiser = NewDenoiser();
            DiffusionTrainer trainer = NewTrainer(denoiser, Saving);
            using TrainingResult result = from is null ? trainer.Run(Data) : trainer.Resume(Data, from);
            using SafetensorsFile file = SafetensorsFile.Open(result.LastCheckpoint!);
            Assert.All(
                file.Entries.Where(entry => entry.Name.StartsWith("model.", StringComparison.Ordinal)),
                entry => Assert.Equal(SafetensorsType.F32, entry.Type));
            return file.Entries.ToDictionary(entry => entry.Name, entry => file.ReadBytes(entry.Name));
        }
    }

    [Theory]
    [InlineData(Precision.BFloat16, 20, 9)]
    [InlineData(Precision.Full, 20, 19)]
    public void Run_Auto_TakesTheFasterOneLogsAndRecordsItAndAResumeKeepsIt(Precision expected, int full, int rounded)
    {
        var log = new ListLogger<DiffusionTrainer>();
        TrainingOptions options = Saving with { Precision = Precision.Auto };
        using (MlpDenoiser denoiser = NewDenoiser())
        {
            var trainer = new DiffusionTrainer(denoiser, NewScheduler(), options, log)
            {
                Time = new LateTime(full, rounded),
            };
            using TrainingResult result = trainer.Run(Data);
            Assert.Equal(expected, result.Precision);
            Assert.Equal(expected, denoiser.TrainingRecord!.Precision);
        }
        Assert.Contains(
            $"Information: Precision.Auto takes {expected}: forward and backward take {full:F2} ms in float32, " +
            $"{rounded:F2} ms in bfloat16.",
            log.Lines);
        Assert.Equal(
            expected == Precision.Full ? "float32" : "bfloat16", Said("run/checkpoint-00000020.safetensors"));

        log.Lines.Clear();
        using MlpDenoiser again = NewDenoiser();
        var other = new DiffusionTrainer(again, NewScheduler(), options, log) { Time = new LateTime(rounded, full) };
        using TrainingResult resumed = other.Resume(Data, _folder.File("run/checkpoint-00000020.safetensors"));

        Assert.Equal(expected, resumed.Precision);
        Assert.DoesNotContain(log.Lines, line => line.Contains("Precision.Auto", StringComparison.Ordinal));
    }

    [Fact]
    public void Resume_WithAnotherPrecision_KeepsThatOfTheCheckpointAndWarns()
    {
        var log = new ListLogger<DiffusionTrainer>();
        using MlpDenoiser denoiser = NewDenoiser();
        NewTrainer(denoiser, Saving).Run(Data).Dispose();
        TrainingOptions exact = Saving with { Precision = Precision.Full };
        using TrainingResult resumed = new DiffusionTrainer(denoiser, NewScheduler(), exact, log)
            .Resume(Data, _folder.File("run/checkpoint-00000020.safetensors"));

        Assert.Equal(Precision.BFloat16, resumed.Precision);
        Assert.Contains("Warning: The run computes in BFloat16, as its checkpoint says, not Full.", log.Lines);
    }

    [Fact]
    public void Options_UnknownPrecision_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => (Tiny with { Precision = (Precision)7 }).Validate());

    void IDisposable.Dispose()
    {
        _folder.Dispose();
        Dispose();
    }

    private static double Error(Tensor actual, Tensor expected) =>
        (actual - expected).norm().item<float>() / expected.norm().item<float>();

    private string Said(string file)
    {
        using SafetensorsFile opened = SafetensorsFile.Open(_folder.File(file));
        return opened.Metadata!["precision"];
    }

    /// <summary>Works take the given times from the second question on: the first is for the run's beginning.</summary>
    private sealed class LateTime(int full, int rounded) : TimeProvider
    {
        private readonly ScriptedTime _time = new(full, rounded, full, rounded, full, rounded);
        private bool _begun;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp()
        {
            (bool first, _begun) = (!_begun, true);
            return first ? 0 : _time.GetTimestamp();
        }
    }
}
