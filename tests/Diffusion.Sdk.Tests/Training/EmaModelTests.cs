using System.Text.Json;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Tests.Files;
using Diffusion.Sdk.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

[Collection(GoldenCases.Name)]
public sealed class EmaModelTests : TensorTest
{
    [Fact]
    public void DecayAt_RecordedSettings_IsDiffusers()
    {
        GoldenCase recorded = GoldenCase.Open("ema/decay");
        foreach (JsonElement entry in recorded.Json.GetProperty("entries").EnumerateArray())
        {
            EmaOptions options = Options(entry);
            float[] decays = [.. Enumerable.Range(0, 201).Select(step => (float)options.DecayAt(step))];
            recorded.AssertClose(entry.GetProperty("tensor").GetString()!, decays);
        }
    }

    [Theory]
    [InlineData("shadow_warmup", false)]
    [InlineData("shadow_warmup", true)]
    [InlineData("shadow_frozen_bias", false)]
    [InlineData("shadow_frozen_bias", true)]
    public void Step_RecordedWeights_GivesDiffusersAverages(string name, bool flat)
    {
        GoldenCase recorded = GoldenCase.Open($"ema/{name}");
        long[] shape = recorded.Tensors.Shape("initial.weight");
        using Linear layer = nn.Linear(shape[1], shape[0]);
        foreach (JsonElement frozen in recorded.Json.GetProperty("frozen_parameters").EnumerateArray())
        {
            layer.get_parameter(frozen.GetString()!)!.requires_grad = false;
        }
        Set(layer, recorded.Tensor("initial.weight"), recorded.Tensor("initial.bias"));
        using FlatParameters? parameters = flat ? new FlatParameters(layer) : null;
        EmaOptions options = Options(recorded.Json.GetProperty("settings"));
        using EmaModel ema =
            parameters is null ? new EmaModel(layer, options) : new EmaModel(layer, parameters, options);
        (Tensor weights, Tensor biases) = (recorded.Tensor("params.weight"), recorded.Tensor("params.bias"));
        int updates = recorded.Json.GetProperty("num_updates").GetInt32();
        for (int k = 0; k < updates; k++)
        {
            Set(layer, weights[k], biases[k]);
            ema.Step();
            recorded.AssertClose("shadow.weight", ema.Averages["weight"], k);
            recorded.AssertClose("shadow.bias", ema.Averages["bias"], k);
            Assert.Equal(recorded.Floats("decay")[k], ema.CurrentDecay, 6);
        }
        Assert.Equal(updates, ema.OptimizationStep);
    }

    [Fact]
    public void Swap_UntilDisposed_LendsTheAverages()
    {
        using var denoiser = new MlpDenoiser(new MlpDenoiserConfig { Width = 4, Depth = 1, TimeWidth = 4 });
        denoiser.TrainingRecord =
            new TrainingRecord { PredictionType = "epsilon", NumTrainTimesteps = 10, HasEma = true };
        using var ema = new EmaModel(denoiser);
        Tensor averaged = denoiser.Layers[0].weight.detach().clone();
        using (no_grad())
        {
            denoiser.Layers[0].weight.add_(1);
        }
        Tensor online = denoiser.Layers[0].weight.detach().clone();
        using (ema.Swap())
        {
            Assert.True(denoiser.Layers[0].weight.eq(averaged).all().item<bool>());
            Assert.Equal(WeightsKind.Ema, denoiser.TrainingRecord.Weights);
        }
        Assert.True(denoiser.Layers[0].weight.eq(online).all().item<bool>());
        Assert.Equal(WeightsKind.Online, denoiser.TrainingRecord.Weights);
    }

    [Fact]
    public void CopyTo_OtherModel_WritesTheAveragesThere()
    {
        var config = new MlpDenoiserConfig { Width = 4, Depth = 1, TimeWidth = 4 };
        using var trained = new MlpDenoiser(config, seed: 1);
        using var other = new MlpDenoiser(config, seed: 2);
        using var ema = new EmaModel(trained);
        ema.CopyTo(other);
        Assert.True(other.Layers[0].weight.eq(trained.Layers[0].weight).all().item<bool>());
    }

    [Fact]
    public void CopyTo_ModelOfAnotherShape_SaysWhichParameter()
    {
        using Linear small = nn.Linear(2, 3);
        using Linear large = nn.Linear(4, 3);
        using var ema = new EmaModel(small);
        Assert.Contains("weight, [3, 2], does not fit Linear, which has [3, 4]",
            Assert.Throws<ArgumentException>(() => ema.CopyTo(large)).Message);
    }

    [Fact]
    public void Load_WhatWasSaved_GoesOnAlike()
    {
        using var folder = new TemporaryFolder();
        using Linear layer = nn.Linear(2, 3);
        using var first = new EmaModel(layer);
        first.Step();
        layer.weight.detach().add_(1);
        first.Step();
        first.Save(folder.File("ema.safetensors"));
        using var second = new EmaModel(layer);
        second.Load(folder.File("ema.safetensors"));
        Assert.Equal(2, second.OptimizationStep);
        first.Step();
        second.Step();
        Assert.True(first.Averages["weight"].eq(second.Averages["weight"]).all().item<bool>());
    }

    [Fact]
    public void Load_FileThatDoesNotFit_SaysWhy()
    {
        using var folder = new TemporaryFolder();
        using Linear small = nn.Linear(2, 3);
        using Linear large = nn.Linear(4, 3);
        using var ema = new EmaModel(large);
        using (var other = new EmaModel(small))
        {
            other.Save(folder.File("small.safetensors"));
        }
        TensorFile.Save(folder.File("foreign.safetensors"), []);
        Assert.Contains("holds [3, 2] as weight; expected [3, 4]", Message("small.safetensors"));
        Assert.Contains("is no saved average", Message("foreign.safetensors"));

        string Message(string name) => Assert.Throws<InvalidDataException>(() => ema.Load(folder.File(name))).Message;
    }

    [Fact]
    public void FromPretrained_RecordedFolder_GoesOnAndIsSavedAgainByteForByte()
    {
        GoldenCase recorded = GoldenCase.Open("ema/saved_unet");
        using var folder = new TemporaryFolder();
        string saved = recorded.File("unet_ema");
        using var unet = (UNet2DModel)DenoiserFolder.Load(saved, UNet2DConfig.ClassName, DenoiserRegistry.Default);
        using (no_grad())
        {
            recorded.AssertClose(
                "output", unet.call(recorded.Tensor("sample"), recorded.Tensor("timestep"), null));
            unet.get_parameter("conv_in.weight")!.zero_();
        }

        using EmaModel ema = EmaModel.FromPretrained(saved, unet);
        ema.SavePretrained(folder.File("again"));

        Assert.Equal(Options(recorded.Json.GetProperty("ema_state_in_config")), ema.Options);
        Assert.Equal(4, ema.OptimizationStep);
        Assert.Equal(0f, unet.get_parameter("conv_in.weight")!.abs().max().item<float>());
        foreach (string file in (string[])["config.json", "diffusion_pytorch_model.safetensors"])
        {
            byte[] again = File.ReadAllBytes(folder.File(Path.Combine("again", file)));
            Assert.Equal(File.ReadAllBytes(Path.Combine(saved, file)), again);
        }
    }

    [Theory]
    [InlineData("\"decay\": 0.99", "\"decay\": 1.5", "Decay is 1.5; expected a number in [0, 1]")]
    [InlineData("\"optimization_step\": 4", "\"optimization_step\": -1", "\"optimization_step\" is -1")]
    [InlineData("\"optimization_step\": 4,", "", "\"optimization_step\" is missing")]
    public void FromPretrained_BadConfig_SaysWhat(string old, string changed, string expected)
    {
        GoldenCase recorded = GoldenCase.Open("ema/saved_unet");
        using var folder = new TemporaryFolder();
        string config = recorded.ReadText("unet_ema/config.json");
        folder.Write("config.json", config.Replace(old, changed, StringComparison.Ordinal));
        using var unet = new UNet2DModel(UNet2DConfig.FromJson(config));

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(
            () => EmaModel.FromPretrained(folder.Path, unet)).Message);
    }

    [Fact]
    public void SavePretrained_OfALayer_SaysThatItNeedsADenoiser()
    {
        using Linear layer = nn.Linear(2, 3);
        using var ema = new EmaModel(layer);
        Assert.Contains("follows a Linear", Assert.Throws<InvalidOperationException>(
            () => ema.SavePretrained("/nowhere")).Message);
    }

    [Fact]
    public void Restore_NothingStored_Throws()
    {
        using Linear layer = nn.Linear(2, 3);
        using var ema = new EmaModel(layer);
        Assert.Contains("call Store first", Assert.Throws<InvalidOperationException>(ema.Restore).Message);
    }

    [Fact]
    public void Options_OutOfRange_SayWhatIsExpected()
    {
        Check(new EmaOptions { Decay = 1.1 }, "Decay is 1.1; expected a number in [0, 1].");
        Check(new EmaOptions { Decay = double.NaN }, "Decay is NaN; expected a number in [0, 1].");
        Check(
            new EmaOptions { Decay = 0.5, MinDecay = 0.6 }, "MinDecay is 0.6; expected a number in [0, Decay = 0.5].");
        Check(new EmaOptions { UpdateAfterStep = -1 }, "UpdateAfterStep is -1; expected an integer of at least 0.");
        Check(new EmaOptions { InvGamma = 0 }, "InvGamma is 0; expected a finite number above 0.");
        Check(new EmaOptions { Power = -1 }, "Power is -1; expected a finite number above 0.");

        static void Check(EmaOptions options, string expected) =>
            Assert.StartsWith(expected, Assert.ThrowsAny<ArgumentException>(options.Validate).Message);
    }

    private static EmaOptions Options(JsonElement settings) => new()
    {
        Decay = settings.GetProperty("decay").GetDouble(),
        MinDecay = settings.GetProperty("min_decay").GetDouble(),
        UpdateAfterStep = settings.GetProperty("update_after_step").GetInt64(),
        UseEmaWarmup = settings.GetProperty("use_ema_warmup").GetBoolean(),
        InvGamma = settings.GetProperty("inv_gamma").GetDouble(),
        Power = settings.GetProperty("power").GetDouble(),
    };

    private static void Set(Linear layer, Tensor weight, Tensor bias)
    {
        using IDisposable withoutGradients = no_grad();
        layer.weight.copy_(weight);
        layer.bias!.copy_(bias);
    }
}
