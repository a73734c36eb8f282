using Diffusion.Sdk.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Files;

public sealed class TensorFileTests : TensorTest
{
    [Fact]
    public void SaveAndLoad_EveryTypeAndAnyStrides_GivesEqualTensors()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        Tensor values = arange(24, dtype: ScalarType.Float32).reshape(2, 3, 4) - 7;
        ScalarType[] types =
        [
            ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64,
            ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
        ];
        var tensors = types.ToDictionary(
            type => type.ToString(), type => (type == ScalarType.Byte ? values.abs() : values).to_type(type));
        tensors["scalar"] = tensor(2.5f);
        tensors["empty"] = zeros([3, 0]);
        tensors["transposed"] = values.transpose(0, 2);
        tensors["needs gradient"] = ones([2], requires_grad: true);

        TensorFile.Save(folder.File("a"), tensors);
        Dictionary<string, Tensor> loaded = TensorFile.Load(folder.File("a"));

        Assert.Equal(tensors.Keys.Order(), loaded.Keys.Order());
        foreach ((string name, Tensor expected) in tensors)
        {
            Assert.Equal(expected.dtype, loaded[name].dtype);
            Assert.Equal(expected.shape, loaded[name].shape);
            Assert.Equal(expected.detach().contiguous().bytes.ToArray(), loaded[name].bytes.ToArray());
        }
        using var file = SafetensorsFile.Open(folder.File("a"));
        Assert.Equal("pt", file.Metadata!["format"]);
    }

    [Fact]
    public void LoadAndSave_RecordedModel_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        string recorded = GoldenFiles.Path("pipelines/ddpm/unet/diffusion_pytorch_model.safetensors");

        TensorFile.Save(folder.File("a"), TensorFile.Load(recorded));

        Assert.True(File.ReadAllBytes(recorded).AsSpan().SequenceEqual(File.ReadAllBytes(folder.File("a"))));
    }

    [Fact]
    public void Load_FileEndsEarlyWhileReading_DisposesWhatWasMade()
    {
        using var folder = new TemporaryFolder();
        long before = Tensor.TotalCount;

        Assert.Throws<SafetensorsException>(() => TensorFile.Load(folder.Write("a", "not a safetensors file")));

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Save_UnknownType_NamesTheTensor()
    {
        using var folder = new TemporaryFolder();
        using Tensor complex = zeros([2], dtype: ScalarType.ComplexFloat32);

        var error = Assert.Throws<ArgumentException>(
            () => TensorFile.Save(folder.File("a"), new Dictionary<string, Tensor> { ["spectrum"] = complex }));

        Assert.StartsWith(
            "Tensor \"spectrum\" is of type ComplexFloat32, but only BOOL, ", error.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }
}
