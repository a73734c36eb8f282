using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Training;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Numerics.Kernels;

/// <summary>The whole network by kernels beside the network of libtorch's operators.</summary>
public sealed class MlpKernelTests : KernelTest
{
    private static readonly long[] s_timesteps = [999, 500, 3, 0];

    private static readonly MlpDenoiserConfig s_small = new()
    {
        Depth = 1, Width = 20, TimeWidth = 34, DataDimension = 5, Activation = Activation.Relu,
    };

    // Every way in which a denoiser may embed its timesteps and what it is conditioned on.
    private static readonly MlpDenoiserConfig[] s_forms =
    [
        new(), s_small, s_small with { DataDimension = 90 }, s_small with { LearnsVariance = true },
        s_small with { NumClassEmbeds = 3 }, new() { ConditionWidth = 40 }, s_small with { ConditionWidth = 90 },
        s_small with { TimeNetwork = false }, s_small with { TimeNetwork = false, NumClassEmbeds = 3 },
        s_small with { TimeNetwork = false, ConditionWidth = 1, TimeFrequencies = [.. Enumerable.Range(1, 17)] },
        s_small with { TimeEmbedding = TimeEmbeddingKind.Learned, NumClassEmbeds = 3 },
        s_small with { TimeEmbedding = TimeEmbeddingKind.Learned, ConditionWidth = 4 },
        new() { TimeEmbedding = TimeEmbeddingKind.Learned, TimeNetwork = false, TimeWidth = 16, NumClassEmbeds = 3 },
    ];

    public static TheoryData<string, bool> Forms => DenseKernelTests.Forms;

    [Theory]
    [MemberData(nameof(Forms))]
    public void Predict_EveryStep_IsTheForwardOfTheModel(string variant, bool rounded)
    {
        foreach (MlpDenoiserConfig config in s_forms.Where(form => form.ConditionWidth is null))
        {
            using var model = new MlpDenoiser(config, seed: 1);
            Tensor sample = Normal(1, 0, 3, 300, config.DataDimension);
            Tensor? labels = Condition(config, 300);
            using IDisposable withoutGradients = no_grad();
            With(variant, () =>
            {
                using DenoiserRun run = model.BeginSampling(
                    s_timesteps, rounded ? Precision.BFloat16 : Precision.Full);
                Assert.Equal("MlpKernelRun", run.GetType().Name);
                for (int step = 0; step < s_timesteps.Length; step++)
                {
                    Tensor actual = run.Predict(step, sample, labels);
                    Tensor expected = model.call(sample, full([300], s_timesteps[step], ScalarType.Int64), labels);
                    Assert.InRange(Error(expected, actual), 0, rounded ? 0.015 : 1e-5);
                    // What is beside a row, or how it lies in memory, changes nothing.
                    Tensor turned = sample.narrow(0, 100, 7).t().contiguous().t();
                    Tensor part = run.Predict(step, turned, labels?.narrow(0, 100, 7)).clone();
                    Tensor whole = run.Predict(step, sample, labels);
                    Assert.True(part.eq(whole.narrow(0, 100, 7)).all().item<bool>());
                }
            });
        }
    }

    [Fact]
    public void Predict_LabelOutOfRange_Throws()
    {
        using var model = new MlpDenoiser(new MlpDenoiserConfig { NumClassEmbeds = 3 });
        using DenoiserRun run = model.BeginSampling(s_timesteps);

        Exception error = Assert.ThrowsAny<Exception>(() => run.Predict(0, zeros([2, 2]), tensor([0L, 3])));

        Assert.True(Diffusion.Sdk.Numerics.Kernels.Variant is null || error.Message.Contains(
            "The label of sample 1 is 3; expected a class in [0, 3).", StringComparison.Ordinal), error.Message);
    }

    [Fact]
    public void Predict_SampleOfAnotherType_Throws()
    {
        using var model = new MlpDenoiser();
        using DenoiserRun run = model.BeginSampling(s_timesteps);

        Assert.ThrowsAny<Exception>(() => run.Predict(0, zeros([1000, 2], ScalarType.Float64)));
        Assert.ThrowsAny<Exception>(() => run.Predict(0, zeros([1000, 2], ScalarType.BFloat16)));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Backward_SeveralThreads_HasTheGradientsOfAutograd(string variant, bool rounded)
    {
        foreach (MlpDenoiserConfig form in s_forms)
        {
            // On which side of ReLU's bend a sum lies rounding may decide, and then a whole gradient comes or goes.
            MlpDenoiserConfig config = rounded ? form with { Activation = Activation.Silu } : form;
            int batch = config.Depth == 3 ? 256 : 70; // two blocks of a thread; odd numbers of rows
            using var model = new MlpDenoiser(config, seed: 1);
            using var flat = new FlatParameters(model);
            Tensor sample = Normal(1, 0, 2, batch, config.DataDimension);
            Tensor timesteps = arange(0, batch, 1, ScalarType.Int64).remainder(60).mul(16); // some twice
            Tensor? condition = Condition(config, batch);
            Tensor outer = Normal(2, 0, 1, batch, config.OutputWidth);
            using var autograd = new AutogradPass(model, flat.Gradient);
            Tensor expected = autograd.Forward(sample, timesteps, condition).detach();
            autograd.Backward(outer);
            Tensor[] expectedGradients = [.. flat.Trainable.Select(each => each.Value.grad!.clone())];

            int before = get_num_threads();
            foreach (int threads in (int[])[1, 2])
            {
                TorchThreads.SetOwn(threads);
                With(variant, () =>
                {
                    using IDisposable withoutGradients = no_grad();
                    using TrainingPass pass = rounded
                        ? model.BeginRoundedTraining(batch, 1000, flat.Gradient)!
                        : model.BeginTraining(batch, 1000, flat.Gradient);
                    Assert.Equal("MlpKernelPass", pass.GetType().Name);
                    for (int turn = 0; turn < 2; turn++) // nothing is left over from the turn before
                    {
                        Tensor actual = pass.Forward(sample, timesteps, condition);
                        pass.Backward(outer);
                        Assert.InRange(Error(expected, actual), 0, rounded ? 0.015 : 1e-5);
                        Assert.All(flat.Trainable.Zip(expectedGradients), each => Assert.InRange(
                            Error(each.Second, each.First.Value.grad!), 0, rounded ? 0.03 : 1e-5));
                    }
                });
            }
            TorchThreads.SetOwn(before);
        }
    }

    [Fact]
    public void Forward_LabelOutOfRangeOrMissing_Throws()
    {
        using var model = new MlpDenoiser(new MlpDenoiserConfig { NumClassEmbeds = 3 });
        using var flat = new FlatParameters(model);
        using TrainingPass pass = model.BeginTraining(2, 1000, flat.Gradient);
        Tensor timesteps = tensor([0L, 1]);

        Assert.ThrowsAny<Exception>(() => pass.Forward(zeros([2, 2]), timesteps, tensor([0L, 3])));
        Assert.ThrowsAny<Exception>(() => pass.Forward(zeros([2, 2]), timesteps, tensor([0L])));
        Assert.Throws<ArgumentException>(() => pass.Forward(zeros([2, 2]), timesteps, null));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void BeginTraining_MoreTimestepsThanTheTableHas_Throws(string variant)
    {
        var config = new MlpDenoiserConfig { TimeEmbedding = TimeEmbeddingKind.Learned, NumTrainTimesteps = 200 };
        using var model = new MlpDenoiser(config);
        using var flat = new FlatParameters(model);

        With(variant, () => Assert.Throws<ArgumentException>(() => model.BeginTraining(2, 201, flat.Gradient)));
    }

    [Fact]
    public void BeginTraining_WithoutKernels_WritesOutOnlyThePlainForm() => With(null, () => Assert.All(
        s_forms, config =>
        {
            using var model = new MlpDenoiser(config);
            using var flat = new FlatParameters(model);
            using TrainingPass pass = model.BeginTraining(2, 1000, flat.Gradient);
            Assert.IsType(config == new MlpDenoiserConfig() ? typeof(MlpTrainingPass) : typeof(AutogradPass), pass);
        }));

    private static Tensor? Condition(MlpDenoiserConfig config, int count) => config switch
    {
        { NumClassEmbeds: { } classes } => arange(0, count, 1, ScalarType.Int64).remainder(classes),
        { ConditionWidth: { } width } => Normal(3, 0, 1, count, width),
        _ => null,
    };
}
