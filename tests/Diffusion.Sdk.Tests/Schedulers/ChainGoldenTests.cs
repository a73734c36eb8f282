using System.Text.Json;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>The recorded runs of diffusers' DDPMScheduler, DDIMScheduler and DDIMInverseScheduler.</summary>
[Collection(GoldenCases.Name)]
public class ChainGoldenTests : TensorTest
{
    private static readonly string[] s_paths =
        [.. GoldenCase.List("schedulers", "ddpm_"), .. GoldenCase.List("schedulers", "ddim_")];

    public static TheoryData<string> Cases => new(s_paths);

    [Fact]
    public void Cases_Recorded_AreThirteenOfEach() => Assert.Equal(13 + 13, s_paths.Length);

    [Theory, MemberData(nameof(Cases))]
    public void Constructor_RecordedConfig_MakesTheRecordedTables(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        ChainScheduler scheduler = Build(golden);

        golden.AssertClose("betas", scheduler.Betas);
        golden.AssertClose("alphas_cumprod", scheduler.AlphasCumprod);
        golden.AssertClose("init_noise_sigma", [(float)scheduler.InitNoiseSigma]);
        Assert.Equal(golden.Integers("timesteps"), scheduler.Timesteps);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Constructor_RecordedConfig_MakesTheRecordedBits(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        ChainScheduler scheduler = Build(golden);
        if (scheduler.Config.BetaSchedule == BetaSchedule.Sigmoid)
        {
            return;   // PyTorch's exponential differs from .NET's in the last bit
        }

        Assert.Equal(golden.Floats("betas"), scheduler.Betas.ToArray());
        Assert.Equal(golden.Floats("alphas_cumprod"), scheduler.AlphasCumprod.ToArray());
    }

    [Theory, MemberData(nameof(Cases))]
    public void PreviousTimestep_RecordedSchedule_IsTheRecordedOne(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        ChainScheduler scheduler = Build(golden);
        if (scheduler is DdimInverseScheduler)
        {
            Assert.False(golden.Tensors.Has("prev_timesteps"));
            return;
        }

        long[] previous = [.. scheduler.Timesteps.Select(scheduler.PreviousTimestep)];

        Assert.Equal(golden.Integers("prev_timesteps"), previous);
    }

    [Theory, MemberData(nameof(Cases))]
    public void CoefficientsAt_FixedVariance_IsTheRecordedOne(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        if (Variance(Build(golden)) is not { } variance)
        {
            Assert.False(golden.Tensors.Has("variance"));
            return;
        }

        golden.AssertClose("variance", variance);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Step_RecordedSamples_GivesTheRecordedOnes(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        ChainScheduler scheduler = Build(golden);
        if (golden.Tensors.Has("last_step.sample"))
        {
            LastStepOnly(golden, scheduler);
            return;
        }
        Run(golden, scheduler, freeRunning: false);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Step_FreeRunning_StaysOnTheRecordedTrajectory(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        if (golden.Tensors.Has("x_T"))
        {
            Run(golden, Build(golden), freeRunning: true);
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void StepInPlace_RecordedSamples_GivesTheRecordedOnes(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        if (!golden.Tensors.Has("x_T"))
        {
            return;
        }
        ChainScheduler scheduler = Build(golden);
        Tensor sample = golden.Tensor("x_T");
        for (int i = 0; i < scheduler.Timesteps.Count; i++)
        {
            using var step = NewDisposeScope();
            long timestep = scheduler.Timesteps[i];
            scheduler.StepInPlace(Row(golden, "model_output", i), timestep, sample, Noise(golden, scheduler, i));
            golden.AssertClose("prev_sample", sample, i);
            sample.copy_(Row(golden, "prev_sample", i));
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void AddNoiseAndGetVelocity_RecordedBatch_GiveTheRecordedOnes(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        if (!golden.Tensors.Has("add_noise.x0"))
        {
            return;
        }
        ChainScheduler scheduler = Build(golden);
        Tensor original = golden.Tensor("add_noise.x0");
        Tensor noise = golden.Tensor("add_noise.noise");
        Tensor timesteps = golden.Tensor("add_noise.timesteps");

        golden.AssertClose("add_noise.result", scheduler.AddNoise(original, noise, timesteps));
        golden.AssertClose("get_velocity.result", scheduler.GetVelocity(original, noise, timesteps));
    }

    [Theory, MemberData(nameof(Cases))]
    public void ToJson_RecordedConfig_IsTheSameFileByteForByte(string path)
    {
        string json = GoldenCase.Open(path).ReadText("scheduler_config.json");

        Assert.Equal(json, SchedulerConfig.FromJson(json).ToJson());
    }

    private static ChainScheduler Build(GoldenCase golden)
    {
        var config = SchedulerConfig.FromJson(golden.ReadText("scheduler_config.json"));
        var scheduler = (ChainScheduler)config.CreateScheduler(SchedulerCompatibility.Diffusers);
        if (scheduler is DdimScheduler ddim && golden.Json.TryGetProperty("step_args", out JsonElement args))
        {
            scheduler = ddim.Fresh(
                args.TryGetProperty("eta", out JsonElement eta) ? eta.GetDouble() : 0,
                args.TryGetProperty("use_clipped_model_output", out JsonElement clipped) && clipped.GetBoolean());
        }
        JsonElement call = golden.Json.GetProperty("set_timesteps");
        if (call.ValueKind == JsonValueKind.Null)
        {
            return scheduler;
        }
        if (call.TryGetProperty("timesteps", out JsonElement custom))
        {
            ((DdpmScheduler)scheduler).SetTimesteps(
                [.. custom.EnumerateArray().Select(timestep => timestep.GetInt64())]);
        }
        else
        {
            scheduler.SetTimesteps(call.GetProperty("num_inference_steps").GetInt32());
        }
        return scheduler;
    }

    /// <summary>What the reference's _get_variance returns at every timestep; null where none is recorded.</summary>
    private static float[]? Variance(ChainScheduler scheduler) => scheduler switch
    {
        DdpmScheduler { LearnsVariance: false } ddpm => [.. ddpm.Timesteps.Select(ddpm.CoefficientsAt).Select(c =>
            (float)(ddpm.Config.VarianceType switch
            {
                VarianceType.FixedSmall => c.SmallVariance,
                VarianceType.FixedSmallLog => Math.Sqrt(c.SmallVariance),   // the reference's is a standard deviation
                VarianceType.FixedLarge => c.LargeVariance,
                _ => Math.Log(c.LargeVariance),                             // and here a logarithm
            }))],
        DdimScheduler ddim => [.. ddim.Timesteps.Select(t => OfEtaOne(ddim).CoefficientsAt(t).Deviation)
            .Select(deviation => (float)(deviation * deviation))],
        _ => null,
    };

    private static DdimScheduler OfEtaOne(DdimScheduler scheduler)
    {
        DdimScheduler noisy = scheduler.Fresh(eta: 1, useClippedModelOutput: false);
        noisy.SetTimesteps(scheduler.NumInferenceSteps!.Value);
        return noisy;
    }

    private static void Run(GoldenCase golden, ChainScheduler scheduler, bool freeRunning)
    {
        Tensor sample = golden.Tensor("x_T");
        for (int i = 0; i < scheduler.Timesteps.Count; i++)
        {
            using var step = NewDisposeScope();
            SchedulerOutput output = scheduler.Step(
                Row(golden, "model_output", i), scheduler.Timesteps[i], sample, Noise(golden, scheduler, i));

            golden.AssertClose("prev_sample", output.PrevSample, i, freeRunning);
            golden.AssertClose("pred_original_sample", output.PredOriginalSample, i, freeRunning);
            sample.copy_(freeRunning ? output.PrevSample : Row(golden, "prev_sample", i));
        }
    }

    private static void LastStepOnly(GoldenCase golden, ChainScheduler scheduler)
    {
        SchedulerOutput output =
            scheduler.Step(golden.Tensor("last_step.model_output"), 0, golden.Tensor("last_step.sample"));

        golden.AssertClose("last_step.prev_sample", output.PrevSample);
        golden.AssertClose("last_step.pred_original_sample", output.PredOriginalSample);
    }

    /// <summary>The noise of a step; the scheduler must use some exactly where the reference did.</summary>
    private static Tensor? Noise(GoldenCase golden, ChainScheduler scheduler, int step)
    {
        bool used = golden.Tensors.Has("noise") && golden.Integers("noise_used")[step] == 1;
        Assert.Equal(used, scheduler.NeedsNoise(scheduler.Timesteps[step]));
        return used ? Row(golden, "noise", step) : null;
    }

    private static Tensor Row(GoldenCase golden, string name, int step) => golden.Tensor(name).select(0, step);
}
