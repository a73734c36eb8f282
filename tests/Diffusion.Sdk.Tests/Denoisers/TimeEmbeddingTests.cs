using System.Text.Json;
using Diffusion.Sdk.Denoisers;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Denoisers;

[Collection(GoldenCases.Name)]
public sealed class TimeEmbeddingTests : TensorTest
{
    [Fact]
    public void Timesteps_RecordedOptions_EqualDiffusers()
    {
        GoldenCase recorded = GoldenCase.Open("embeddings/timestep_embedding");
        foreach (JsonElement entry in recorded.Json.GetProperty("entries").EnumerateArray())
        {
            using var embedding = new Timesteps(
                entry.GetProperty("embedding_dim").GetInt32(),
                entry.GetProperty("flip_sin_to_cos").GetBoolean(),
                entry.GetProperty("downscale_freq_shift").GetDouble(),
                entry.GetProperty("scale").GetDouble(),
                entry.GetProperty("max_period").GetDouble());
            Tensor timesteps = recorded.Tensor(entry.GetProperty("timesteps_tensor").GetString()!);
            recorded.AssertClose(entry.GetProperty("tensor").GetString()!, embedding.forward(timesteps));
        }
    }

    [Fact]
    public void GaussianFourierProjection_RecordedFrequencies_EqualsDiffusers()
    {
        GoldenCase recorded = GoldenCase.Open("embeddings/gaussian_fourier");
        foreach (JsonElement entry in recorded.Json.GetProperty("entries").EnumerateArray())
        {
            using var projection = new GaussianFourierProjection(
                entry.GetProperty("embedding_size").GetInt32(),
                entry.GetProperty("scale").GetDouble(),
                entry.GetProperty("log").GetBoolean(),
                entry.GetProperty("flip_sin_to_cos").GetBoolean());
            using (no_grad())
            {
                projection.Weight.copy_(recorded.Tensor(entry.GetProperty("weight_tensor").GetString()!));
            }
            Tensor input = recorded.Tensor(entry.GetProperty("input_tensor").GetString()!);
            recorded.AssertClose(entry.GetProperty("tensor").GetString()!, projection.forward(input));
        }
    }

    [Fact]
    public void TimestepEmbedding_RecordedWeights_EqualsDiffusers()
    {
        GoldenCase recorded = GoldenCase.Open("embeddings/timestep_mlp");
        using var embedding = new TimestepEmbedding(8, 32);
        embedding.load_state_dict(
            embedding.state_dict().Keys.ToDictionary(name => name, name => recorded.Tensor($"weights.{name}")));
        recorded.AssertClose("output", embedding.forward(recorded.Tensor("x")));
    }

    [Fact]
    public void Timesteps_StateDict_IsEmptyAsInDiffusers()
    {
        using var embedding = new Timesteps(8);
        Assert.Empty(embedding.state_dict());
    }

    [Theory]
    [InlineData(1, 0, 10000)]
    [InlineData(8, 4, 10000)]
    [InlineData(8, 0, 1)]
    [InlineData(8, 0, double.NaN)]
    public void Timesteps_NumberOutOfRange_Throws(int channels, double shift, double period) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Timesteps(channels, true, shift, 1, period));

    [Fact]
    public void GaussianFourierProjection_Frequencies_HaveTheScaleAndDoNotTrain()
    {
        using var projection = new GaussianFourierProjection(4096, 16);
        Assert.False(projection.Weight.requires_grad);
        Assert.InRange(projection.Weight.square().mean().sqrt().item<float>(), 15.2, 16.8);
        Assert.Equal(["weight"], projection.state_dict().Keys);
    }
}
