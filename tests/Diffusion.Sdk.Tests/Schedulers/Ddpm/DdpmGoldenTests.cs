using System.Text.Json;
using Diffusion.Sdk.Schedulers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>The recorded runs of diffusers' DDPMScheduler.</summary>
[Collection(GoldenCases.Name)]
public class DdpmGoldenTests : TensorTest
{
    public static TheoryData<string> Cases => GoldenCase.Rows("schedulers", "ddpm_");

    [Theory, MemberData(nameof(Cases))]
    public void Constructor_RecordedConfig_MakesTheRecordedTables(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        DdpmScheduler scheduler = Build(golden);

        golden.AssertClose("betas", scheduler.Betas);
        golden.AssertClose("alphas_cumprod", scheduler.AlphasCumprod);
        golden.AssertClose("init_noise_sigma", [(float)scheduler.InitNoiseSigma]);
        Assert.Equal(golden.Integers("timesteps"), scheduler.Timesteps);
    }

    [Theory, MemberData(nameof(Cases))]
    public void PreviousTimestep_RecordedSchedule_IsTheRecordedOne(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        DdpmScheduler scheduler = Build(golden);

        long[] previous = [.. scheduler.Timesteps.Select(scheduler.PreviousTimestep)];

        Assert.Equal(golden.Integers("prev_timesteps"), previous);
    }

    [Theory, MemberData(nameof(Cases))]
    public void CoefficientsAt_FixedVariance_IsTheRecordedOne(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        DdpmScheduler scheduler = Build(golden);
        if (scheduler.LearnsVariance)
        {
            Assert.False(golden.Tensors.Has("variance"));
            return;
        }
        float[] variance = [.. scheduler.Timesteps.Select(scheduler.CoefficientsAt).Select(c => (float)(scheduler.Config.VarianceType switch
        {
            VarianceType.FixedSmall => c.SmallVariance,
            VarianceType.FixedSmallLog => Math.Sqrt(c.SmallVariance),   // the reference returns a standard deviation here
            VarianceType.FixedLarge => c.LargeVariance,
            _ => Math.Log(c.LargeVariance),                             // and a logarithm here
        }))];

        golden.AssertClose("variance", variance);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Step_RecordedSamples_GivesTheRecordedOnes(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        DdpmScheduler scheduler = Build(golden);
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
        DdpmScheduler scheduler = Build(golden);
        Tensor sample = golden.Tensor("x_T");
        for (int i = 0; i < scheduler.Timesteps.Count; i++)
        {
            using var step = NewDisposeScope();
            scheduler.StepInPlace(Row(golden, "model_output", i), scheduler.Timesteps[i], sample, Row(golden, "noise", i));
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
        DdpmScheduler scheduler = Build(golden);
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

        Assert.Equal(json, DdpmSchedulerConfig.FromJson(json).ToJson());
        Assert.Equal(json, SchedulerConfig.FromJson(json).ToJson());
    }

    private static DdpmScheduler Build(GoldenCase golden)
    {
        var config = DdpmSchedulerConfig.FromJson(golden.ReadText("scheduler_config.json"));
        var scheduler = new DdpmScheduler(config, SchedulerCompatibility.Diffusers);
        JsonElement call = golden.Json.GetProperty("set_timesteps");
        if (call.ValueKind == JsonValueKind.Null)
        {
            return scheduler;
        }
        if (call.TryGetProperty("timesteps", out JsonElement custom))
        {
            scheduler.SetTimesteps([.. custom.EnumerateArray().Select(timestep => timestep.GetInt64())]);
        }
        else
        {
            scheduler.SetTimesteps(call.GetProperty("num_inference_steps").GetInt32());
        }
        return scheduler;
    }

    private static void Run(GoldenCase golden, DdpmScheduler scheduler, bool freeRunning)
    {
        long[] noiseUsed = golden.Integers("noise_used");
        Tensor sample = golden.Tensor("x_T");
        for (int i = 0; i < scheduler.Timesteps.Count; i++)
        {
            using var step = NewDisposeScope();
            long timestep = scheduler.Timesteps[i];
            bool noisy = scheduler.NeedsNoise(timestep);
            Assert.Equal(noiseUsed[i] == 1, noisy);

            SchedulerOutput output = scheduler.Step(
                Row(golden, "model_output", i), timestep, sample, noisy ? Row(golden, "noise", i) : null);

            golden.AssertClose("prev_sample", output.PrevSample, i, freeRunning);
            golden.AssertClose("pred_original_sample", output.PredOriginalSample, i, freeRunning);
            sample.copy_(freeRunning ? output.PrevSample : Row(golden, "prev_sample", i));
        }
    }

    private static void LastStepOnly(GoldenCase golden, DdpmScheduler scheduler)
    {
        SchedulerOutput output = scheduler.Step(golden.Tensor("last_step.model_output"), 0, golden.Tensor("last_step.sample"));

        golden.AssertClose("last_step.prev_sample", output.PrevSample);
        golden.AssertClose("last_step.pred_original_sample", output.PredOriginalSample);
    }

    private static Tensor Row(GoldenCase golden, string name, int step) => golden.Tensor(name).select(0, step);
}
