using System.Text.Json;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

/// <summary>The recorded runs of diffusers' UNet2DModel.</summary>
[Collection(GoldenCases.Name)]
public sealed class UNetGoldenTests : TensorTest
{
    private const string Intermediate = "intermediate.";
    private const string Gradient = "grad.";

    public static TheoryData<string> Cases => GoldenCase.Rows("unet");

    [Theory, MemberData(nameof(Cases))]
    public void Forward_RecordedInput_GivesTheRecordedOutputs(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        using UNet2DModel unet = Load(golden);
        unet.eval();
        using IDisposable withoutGradients = no_grad();
        using var intermediates = new Intermediates(unet, Intermediate, golden.Tensors.Names);
        Tensor sample = golden.Tensor("sample");
        Tensor? labels = golden.Tensors.Has("class_labels") ? golden.Tensor("class_labels") : null;

        Tensor output = unet.call(sample, golden.Tensor("timestep"), labels);

        Assert.All(intermediates.Seen, pair => golden.AssertClose(Intermediate + pair.Key, pair.Value));
        golden.AssertClose("output", output);
        foreach (string kind in (string[])["float", "scalar"])
        {
            if (golden.Tensors.Has($"output_{kind}"))
            {
                golden.AssertClose(
                    $"output_{kind}", unet.call(sample, golden.Tensor($"timestep_{kind}"), labels));
            }
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Forward_WithGradientsRecorded_GivesTheSameOutput(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        using UNet2DModel unet = Load(golden);
        unet.eval();
        Tensor? labels = golden.Tensors.Has("class_labels") ? golden.Tensor("class_labels") : null;

        using Tensor output = unet.call(golden.Tensor("sample"), golden.Tensor("timestep"), labels);

        using Tensor plain = output.detach();
        golden.AssertClose("output", plain);
    }

    [Theory, InlineData("unet/basic"), InlineData("unet/attention_levels")]
    public void Backward_RecordedInput_GivesTheRecordedGradients(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        using UNet2DModel unet = Load(golden);

        Tensor loss = unet.call(golden.Tensor("sample"), golden.Tensor("timestep"), null).square().mean();
        loss.backward();

        golden.AssertClose("loss", loss.detach().view(1));
        string[] names = [.. golden.Tensors.Names.Where(name => name.StartsWith(Gradient, StringComparison.Ordinal))];
        Assert.NotEmpty(names);
        Assert.All(names, name => golden.AssertClose(name, unet.get_parameter(name[Gradient.Length..])!.grad!));
    }

    [Fact]
    public void Cases_WithGradients_AreTheOnesTested() => Assert.Equal(
        ["unet/attention_levels", "unet/basic"],
        GoldenCase.List("unet").Where(
            path => GoldenCase.Open(path).Tensors.Names.Any(
                name => name.StartsWith(Gradient, StringComparison.Ordinal))));

    [Theory, MemberData(nameof(Cases))]
    public void Parameters_RecordedConfig_AreAsManyAsRecorded(string path)
    {
        GoldenCase golden = GoldenCase.Open(path);
        using UNet2DModel unet = Load(golden);

        // diffusers counts the Fourier frequencies, which it has under two names, once.
        Assert.Equal(
            golden.Json.GetProperty("num_parameters").GetInt64(),
            unet.parameters().Sum(parameter => parameter.NumberOfElements));
    }

    [Theory, MemberData(nameof(Cases))]
    public void ToConfigJson_RecordedConfig_IsTheSameFileByteForByte(string path)
    {
        string json = GoldenCase.Open(path).ReadText("config.json");

        Assert.Equal(json, UNet2DConfig.FromJson(json).ToJson());
    }

    private static UNet2DModel Load(GoldenCase golden) => Assert.IsType<UNet2DModel>(
        DenoiserFolder.Load(golden.File(""), UNet2DConfig.ClassName, DenoiserRegistry.Default));
}
