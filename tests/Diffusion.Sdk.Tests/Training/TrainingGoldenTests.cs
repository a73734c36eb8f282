using System.Text.Json;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Pipelines;
using Diffusion.Sdk.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

/// <summary>The recorded ten-step trainings, by <see cref="DiffusionTrainer"/> on the recorded numbers.</summary>
[Collection(GoldenCases.Name)]
public sealed class TrainingGoldenTests : TensorTest
{
    private const string Final = "final.";
    private const string FinalAverage = "final_ema.";

    public static TheoryData<string> Cases => GoldenCase.Rows("training", "adamw_");

    [Theory, MemberData(nameof(Cases))]
    public void Run_RecordedNumbers_GivesTheRecordedTraining(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        using UNet2DModel unet = Load(golden);
        TrainingOptions options = Options(golden.Json);
        var progress = new List<TrainingProgress>();
        var decays = new List<float>();
        var trainer = new DiffusionTrainer(unet, SchedulerOf(golden), options)
        {
            Streams = new RecordedBatches(golden),
            BeforeStep = state => decays.AddRange(state.Ema.Select(average => (float)average.CurrentDecay)),
        };

        using TrainingResult result = trainer.Run(Data(golden), new Immediate<TrainingProgress>(progress.Add));

        golden.AssertClose("loss", result.Losses.ToArray());
        golden.AssertClose("learning_rate", [.. progress.Select(report => (float)report.LearningRate)]);
        golden.AssertClose("grad_norm", [.. progress.Select(report => (float)report.GradientNorm)]);
        CheckFinal(golden, Final, unet.named_parameters().ToDictionary(
            named => named.name, named => (Tensor)named.parameter));
        if (result.Ema.Count > 0)
        {
            decays.Add((float)result.Ema[0].CurrentDecay);
            golden.AssertClose("ema_decay", [.. decays.Skip(1)]); // before a step it is the last one's
            CheckFinal(golden, FinalAverage, result.Ema[0].Averages);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Forward_FirstStep_PredictsWhatWasRecorded(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        using UNet2DModel unet = Load(golden);
        using IDisposable withoutGradients = no_grad();
        Tensor timesteps = golden.Tensor("timesteps")[0];

        Tensor noisy = SchedulerOf(golden).AddNoise(
            golden.Tensor("x0")[0], golden.Tensor("noise")[0], timesteps.data<long>().ToArray());

        golden.AssertClose("first_prediction", unet.call(noisy, timesteps, null));
    }

    private static UNet2DModel Load(GoldenCase golden) => Assert.IsType<UNet2DModel>(
        DenoiserFolder.Load(golden.File("unet"), UNet2DConfig.ClassName, DenoiserRegistry.Default));

    private static Scheduler SchedulerOf(GoldenCase golden) =>
        Scheduler.FromPretrained(golden.File("scheduler"), SchedulerCompatibility.Diffusers);

    // All batches one after the other.
    private static TrainingData Data(GoldenCase golden)
    {
        long[] shape = golden.Tensors.Shape("x0"); // [steps, N, C, H, W]
        return TrainingData.FromValues(golden.Floats("x0"), (int)shape[2], (int)shape[3], (int)shape[4]);
    }

    private static TrainingOptions Options(JsonElement recorded)
    {
        JsonElement optimizer = recorded.GetProperty("optimizer");
        JsonElement weighting = recorded.GetProperty("loss_weighting");
        JsonElement norm = recorded.GetProperty("max_grad_norm");
        Assert.Equal("AdamW", optimizer.GetProperty("class").GetString());
        return new TrainingOptions
        {
            Steps = recorded.GetProperty("num_steps").GetInt64(),
            BatchSize = recorded.GetProperty("batch_size").GetInt32(),
            Optimizer = OptimizerKind.AdamW,
            LearningRate = optimizer.GetProperty("lr").GetDouble(),
            Beta1 = optimizer.GetProperty("betas")[0].GetDouble(),
            Beta2 = optimizer.GetProperty("betas")[1].GetDouble(),
            Epsilon = optimizer.GetProperty("eps").GetDouble(),
            WeightDecay = optimizer.GetProperty("weight_decay").GetDouble(),
            MaxGradientNorm = norm.ValueKind == JsonValueKind.Null ? null : norm.GetDouble(),
            MinSnrGamma = weighting.TryGetProperty("gamma", out JsonElement gamma) ? gamma.GetDouble() : null,
            LearningRateSchedule = Schedule(recorded.GetProperty("lr_schedule")),
            Ema = Averages(recorded.GetProperty("ema")),
            FinalWeights = WeightsKind.Online,
            DataCheck = DataCheck.Off,
            ReportEvery = 1,
        };
    }

    private static LearningRateSchedule Schedule(JsonElement recorded)
    {
        if (recorded.ValueKind == JsonValueKind.Null)
        {
            return new LearningRateSchedule();
        }
        Assert.Equal("cosine", recorded.GetProperty("name").GetString());
        return new LearningRateSchedule
        {
            Shape = LearningRateShape.Cosine, WarmupSteps = recorded.GetProperty("num_warmup_steps").GetInt32(),
        };
    }

    private static EmaOptions[] Averages(JsonElement recorded) => recorded.ValueKind == JsonValueKind.Null
        ? []
        :
        [
            new EmaOptions
            {
                Decay = recorded.GetProperty("decay").GetDouble(),
                UseEmaWarmup = recorded.GetProperty("use_ema_warmup").GetBoolean(),
                InvGamma = recorded.GetProperty("inv_gamma").GetDouble(),
                Power = recorded.GetProperty("power").GetDouble(),
            },
        ];

    private static void CheckFinal(GoldenCase golden, string prefix, IReadOnlyDictionary<string, Tensor> actual)
    {
        string[] names = [.. golden.Tensors.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
        Assert.NotEmpty(names);
        foreach (string name in names)
        {
            using Tensor value = actual[name[prefix.Length..]].detach();
            golden.AssertClose(name, value);
        }
    }
}
