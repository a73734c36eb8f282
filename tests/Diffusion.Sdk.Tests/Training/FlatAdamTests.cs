using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Training;

public sealed class FlatAdamTests : TensorTest
{
    /// <summary>
    /// Recorded from PyTorch 1.13: lr 0.01, betas (0.8, 0.95), eps 1e-6, five steps from [0.5, -1, 2, 0] with gradients
    /// [0.1 k, -0.2, 1 / k, 1e-7] at step k = 1 to 5.
    /// </summary>
    [Theory]
    [InlineData(OptimizerKind.Adam, 0, 0.45043277740478516, -0.9500003457069397, 1.957126259803772,
        -0.004545454867184162)]
    [InlineData(OptimizerKind.Adam, 0.1, 0.44991666078567505, -0.9500239491462708, 1.9546390771865845,
        -0.004410542547702789)]
    [InlineData(OptimizerKind.AdamW, 0.1, 0.4480364918708801, -0.9451103210449219, 1.947238802909851,
        -0.004536373075097799)]
    public void Step_FiveTimes_IsPyTorch(OptimizerKind kind, double decay, double e0, double e1, double e2, double e3)
    {
        var options =
            new TrainingOptions { Optimizer = kind, WeightDecay = decay, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6 };
        Tensor values = tensor(new[] { 0.5f, -1, 2, 0 });
        using var adam = new FlatAdam(values, options);
        for (int k = 1; k <= 5; k++)
        {
            adam.Step(values, tensor(new[] { 0.1f * k, -0.2f, 1f / k, 1e-7f }), 0.01);
        }
        double[] expected = [e0, e1, e2, e3];
        float[] actual = values.data<float>().ToArray();
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(OptimizerKind.Adam, 0)]
    [InlineData(OptimizerKind.Adam, 0.01)]
    [InlineData(OptimizerKind.AdamW, 0.01)]
    public void Step_OnANetwork_FollowsTheLayersOwnOptimizer(OptimizerKind kind, double decay)
    {
        var config = new MlpDenoiserConfig { Width = 8, Depth = 2, TimeWidth = 4 };
        using var ours = new MlpDenoiser(config);
        using var theirs = new MlpDenoiser(config);
        var options = new TrainingOptions { Optimizer = kind, WeightDecay = decay };
        using var flat = new FlatParameters(ours);
        using var adam = new FlatAdam(flat.Values, options);
        Parameter[] parameters = [.. theirs.parameters()];
        using optim.Optimizer optimizer = kind == OptimizerKind.Adam
            ? optim.Adam(parameters, 1e-2, weight_decay: decay)
            : optim.AdamW(parameters, 1e-2, weight_decay: decay);
        for (long step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            var values = new float[64];
            new PhiloxStreams(1).Normal(RandomPurpose.Data, 0, 32, step, values);
            (Tensor x, Tensor t) = (tensor(values, [32, 2]), arange(0, 32, 1, ScalarType.Int64));
            flat.Gradient.zero_();
            ours.call(x, t, null).square().mean().backward();
            optimizer.zero_grad();
            theirs.call(x, t, null).square().mean().backward();
            adam.Step(flat.Values, flat.Gradient, 1e-2);
            optimizer.step();
        }
        Tensor expected = cat([.. parameters.Select(parameter => parameter.detach().reshape(-1))]);
        Assert.True(allclose(expected, flat.Values, 1e-4, 1e-5));
    }

    [Fact]
    public void FlatParameters_OfANetwork_ShareTheirMemory()
    {
        using var denoiser = new MlpDenoiser(new MlpDenoiserConfig { Width = 8, Depth = 1, TimeWidth = 4 });
        Tensor before = denoiser.Layers[0].weight.detach().clone();
        using (var flat = new FlatParameters(denoiser))
        {
            Assert.True(denoiser.Layers[0].weight.eq(before).all().item<bool>());
            flat.Values.mul_(2);
            Assert.True(denoiser.Layers[0].weight.eq(before.mul(2)).all().item<bool>());
            denoiser.Layers[0].weight.sum().backward();
            Assert.Equal(before.NumberOfElements, flat.Gradient.sum().item<float>());
        }
        Assert.Null(denoiser.Layers[0].weight.grad);
        Assert.True(denoiser.Layers[0].weight.eq(before.mul(2)).all().item<bool>());
    }

    [Fact]
    public void FlatParameters_NothingTrainable_Throws()
    {
        using Linear layer = nn.Linear(2, 2);
        layer.weight.requires_grad = false;
        layer.bias!.requires_grad = false;
        Assert.Contains(
            "no trainable parameters", Assert.Throws<ArgumentException>(() => new FlatParameters(layer)).Message);
    }
}
