using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Tests.Files;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>Everything that can be wrong with a pipeline's folder, and what the message says.</summary>
public sealed class BadPipelineFolderTests : PipelineTest
{
    private const string Index = "pipeline/model_index.json";
    private const string SchedulerConfig = "pipeline/scheduler/scheduler_config.json";
    private const string UnetConfig = "pipeline/unet/config.json";
    private const string Weights = "pipeline/unet/diffusion_pytorch_model.safetensors";
    private const string TrainingJson = "pipeline/unet/training.json";

    private static readonly DenoiserRegistry s_registry = DenoiserRegistry.Default.With(
        "SmallDenoiser", _ => new SmallDenoiser());

    private readonly TemporaryFolder _folder = new();

    public BadPipelineFolderTests()
    {
        Denoiser.TrainingRecord = Record();
        using DdpmPipeline pipeline = NewPipeline();
        pipeline.SavePretrained(Target);
    }

    private string Target => _folder.File("pipeline");

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    [Fact]
    public void FromPretrained_NoFolder_SaysSo()
    {
        string nowhere = _folder.File("nowhere");

        var error = Assert.Throws<DirectoryNotFoundException>(() => DdpmPipeline.FromPretrained(nowhere));

        Assert.Equal($"There is no folder {nowhere} to load a pipeline from.", error.Message);
    }

    [Theory]
    [InlineData(Index, ", so the folder holds no pipeline")]
    [InlineData(SchedulerConfig, "")]
    [InlineData(UnetConfig, "")]
    [InlineData(Weights, "")]
    public void FromPretrained_FileMissing_NamesIt(string file, string hint)
    {
        File.Delete(_folder.File(file));

        var error = Assert.Throws<FileNotFoundException>(Load);

        Assert.Equal($"{_folder.File(file)} is missing{hint}.", error.Message);
    }

    [Fact]
    public void FromPretrained_PickledWeightsOnly_SaysWhatToDo()
    {
        File.Move(_folder.File(Weights), _folder.File("pipeline/unet/diffusion_pytorch_model.bin"));

        var error = Assert.Throws<FileNotFoundException>(Load);

        Assert.Equal(
            $"{_folder.File(Weights)} is missing; there is diffusion_pytorch_model.bin, but pickles are programs and are not read. " +
            "Save the model from diffusers with safe_serialization=True.", error.Message);
    }

    [Theory]
    [InlineData("DDPMPipeline", "StableDiffusionPipeline",
        "is for the pipeline \"StableDiffusionPipeline\"; expected one of \"DDPMPipeline\", \"DDIMPipeline\".")]
    [InlineData("\"SmallDenoiser\"", "\"Other\"", "/unet/config.json is for \"SmallDenoiser\", but model_index.json names \"Other\".")]
    [InlineData("\"DDPMScheduler\"", "\"Other\"",
        "/scheduler/scheduler_config.json is for \"DDPMScheduler\", but model_index.json names \"Other\".")]
    [InlineData("\"unet\"", "\"vae\"", "unet")]
    [InlineData("\"SmallDenoiser\"", "\"SmallDenoiser\", \"x\"", "\"unet\" has 3 strings; expected two, the library and the class.")]
    [InlineData("{", "[", "model_index.json")]
    public void FromPretrained_IndexNotRight_SaysWhere(string old, string changed, string expected)
    {
        Edit(Index, old, changed);

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPretrained_UnknownDenoiser_NamesTheKnownOnes()
    {
        var error = Assert.Throws<InvalidDataException>(() => DdpmPipeline.FromPretrained(Target));

        Assert.StartsWith(
            $"{_folder.File(UnetConfig)} is for \"SmallDenoiser\", which is not known; expected one of ", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"MlpDenoiser\"", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("DenoiserRegistry.With adds others.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPretrained_FactoryRefusesTheConfig_NamesTheFile()
    {
        DenoiserRegistry registry = s_registry.With("SmallDenoiser", _ => throw new ArgumentException("Width is 0."));

        var error = Assert.Throws<InvalidDataException>(() => DdpmPipeline.FromPretrained(Target, denoisers: registry));

        Assert.Equal($"{_folder.File(UnetConfig)}: Width is 0.", error.Message);
    }

    [Fact]
    public void FromPretrained_UnknownEnumValueInTheScheduler_NamesFileKeyAndValues()
    {
        Edit(SchedulerConfig, "\"epsilon\"", "\"noise\"");

        string message = Assert.Throws<InvalidDataException>(Load).Message;

        Assert.StartsWith(_folder.File(SchedulerConfig), message, StringComparison.Ordinal);
        Assert.Contains("\"prediction_type\" is \"noise\"; expected one of \"epsilon\", \"sample\", \"v_prediction\".", message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPretrained_TruncatedWeights_NamesTheFile()
    {
        byte[] bytes = File.ReadAllBytes(_folder.File(Weights));
        File.WriteAllBytes(_folder.File(Weights), bytes[..^10]);

        string message = Assert.Throws<SafetensorsException>(Load).Message;

        Assert.StartsWith(_folder.File(Weights), message, StringComparison.Ordinal);
        Assert.EndsWith("the file is truncated.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPretrained_KeysAndShapesThatDoNotFit_NamesEach()
    {
        using (var scope = NewDisposeScope())
        {
            Dictionary<string, Tensor> state = Denoiser.state_dict();
            string[] keys = [.. state.Keys.Order(StringComparer.Ordinal)];
            state.Remove(keys[0]);
            state["extra"] = zeros(2);
            state[keys[1]] = zeros(5);
            TensorFile.Save(_folder.File(Weights), state);

            var error = Assert.Throws<InvalidDataException>(Load);

            Assert.Equal(
                $"{_folder.File(Weights)} does not fit the SmallDenoiser of config.json: \"{keys[0]}\" is missing; " +
                $"\"extra\" is not expected; \"{keys[1]}\" has shape [5], expected [64, 3].", error.Message);
        }
    }

    [Fact]
    public void FromPretrained_ManyKeysThatDoNotFit_AreCounted()
    {
        using (var scope = NewDisposeScope())
        {
            TensorFile.Save(
                _folder.File(Weights), Enumerable.Range(0, 4).Select(k => KeyValuePair.Create($"extra{k}", zeros(1))));

            Assert.EndsWith("\"extra0\" is not expected; and 3 more.", Assert.Throws<InvalidDataException>(Load).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void FromPretrained_TrainingRecordNotValid_NamesTheFile()
    {
        Edit(TrainingJson, "40", "0");

        Assert.StartsWith(
            _folder.File(TrainingJson), Assert.Throws<InvalidDataException>(Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPretrained_SchedulerOfAnotherTraining_NamesBoth()
    {
        Edit(SchedulerConfig, "\"num_train_timesteps\": 40", "\"num_train_timesteps\": 1000");

        string message = Assert.Throws<InvalidOperationException>(Load).Message;

        Assert.StartsWith("The denoiser was trained with 40 timesteps, but the scheduler has 1000.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPretrained_ComponentsWithoutUse_AreLogged()
    {
        Edit(Index, "\"scheduler\"", "\"vae\": [\"diffusers\", \"AutoencoderKL\"],\n  \"vqvae\": [null, null],\n  \"scheduler\"");
        var log = new ListLogger();

        using DdpmPipeline pipeline = DdpmPipeline.FromPretrained(
            Target, new DdpmPipelineOptions { Logger = log }, denoisers: s_registry);

        Assert.Contains(
            $"Warning: {_folder.File(Index)} names components that this pipeline does not use: vae.", log.Lines);
        Assert.Contains(
            $"Information: Loaded the pipeline in {Target}: SmallDenoiser with DDPMScheduler, kernels " +
            $"{ProcessTuning.DescribeKernels() ?? "none"}.", log.Lines);
    }

    [Fact]
    public void FromPretrained_UnknownKeyOfTheDenoiser_IsLoggedAndKept()
    {
        string folder = _folder.File("mlp");
        using var denoiser = new MlpDenoiser(new MlpDenoiserConfig { Width = 4, Depth = 1, TimeWidth = 2 });
        using (var made = new DdpmPipeline(denoiser, new DdpmScheduler(Config)))
        {
            made.SavePretrained(folder);
        }
        Edit("mlp/unet/config.json", "\"width\"", "\"later\": 1,\n  \"width\"");
        var log = new ListLogger();

        using DdpmPipeline pipeline = DdpmPipeline.FromPretrained(folder, new DdpmPipelineOptions { Logger = log });

        Assert.Contains(
            "Warning: The config of MlpDenoiser has keys that it does not know: later. They have no effect and are " +
            "kept.", log.Lines);
        Assert.Contains("\"later\": 1", pipeline.Denoiser.ToConfigJson(), StringComparison.Ordinal);
    }

    private void Load() => DdpmPipeline.FromPretrained(Target, denoisers: s_registry).Dispose();

    private void Edit(string file, string old, string changed)
    {
        string text = _folder.Read(file);
        Assert.Contains(old, text, StringComparison.Ordinal);
        _folder.Write(file, text.Replace(old, changed, StringComparison.Ordinal));
    }
}
