using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Docs.Tests.Snippets;

/// <summary>Coming from diffusers and from TorchSharp.</summary>
public sealed class Coming : SnippetTest
{
    [Fact]
    public void Loop()
    {
        using UNet2DModel model = Given.Images();

        #region diffusers-loop
        var scheduler = new DdimScheduler(new DdimSchedulerConfig { NumTrainTimesteps = 1000 });
        scheduler.SetTimesteps(50);
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        Tensor image = randn(4, 1, 8, 8);
        foreach (long t in scheduler.Timesteps)
        {
            Tensor noisePred = model.call(image, full([4], t, ScalarType.Int64), null);
            image = scheduler.Step(noisePred, t, image).PrevSample;
        }
        #endregion

        Assert.Equal([4, 1, 8, 8], image.shape);
    }

    [Fact]
    public void TrainingStep()
    {
        using UNet2DModel model = Given.Images();
        DdpmScheduler scheduler = Given.Noise();
        using var images = NewDisposeScope();
        Tensor cleanImages = randn(4, 1, 8, 8);

        #region diffusers-training
        using var optimizer = optim.AdamW(model.parameters(), lr: 1e-4);
        using var ema = new EmaModel(model, new EmaOptions { Decay = 0.9999 });

        using var scope = NewDisposeScope();
        Tensor noise = randn_like(cleanImages);
        Tensor timesteps = randint(0, scheduler.NumTrainTimesteps, [4], ScalarType.Int64);
        Tensor noisyImages = scheduler.AddNoise(cleanImages, noise, timesteps);
        Tensor noisePred = model.call(noisyImages, timesteps, null);
        Tensor loss = nn.functional.mse_loss(noisePred, noise);
        loss.backward();
        nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        optimizer.step();
        optimizer.zero_grad();
        ema.Step();
        #endregion

        Assert.True(loss.item<float>() > 0);
    }

    [Fact]
    public void Pipeline()
    {
        Given.Pipeline("model");

        #region diffusers-compatibility
        using var exact = DdpmPipeline.FromPretrained("model", compatibility: SchedulerCompatibility.Diffusers);
        #endregion

        Assert.Equal(SchedulerCompatibility.Diffusers, exact.Scheduler.Compatibility);
    }

    [Fact]
    public void Scopes()
    {
        using MlpDenoiser model = Given.Points();
        DdpmScheduler scheduler = Given.Noise();

        #region torchsharp-scopes
        long before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            Tensor noisy = scheduler.AddNoise(zeros(8, 2), randn(8, 2), [10]);   // yours: a scope or you dispose it
            using SchedulerOutput step = scheduler.Step(randn(8, 2), 10, noisy, randn(8, 2));
        }
        using var pipeline = new DdpmPipeline(model, scheduler);
        Samples made = pipeline.Generate(8);                                      // no tensors: nothing to dispose
        Console.WriteLine(Tensor.TotalCount - before);                            // 0
        #endregion

        Assert.Equal(before, Tensor.TotalCount);
        Assert.Equal(8, made.Count);
    }

    [Fact]
    public void OwnModule()
    {
        TrainingData data = Given.Moons();

        #region torchsharp-train
        using var model = new TwoLayers();
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { ClipSample = false });
        TrainingOptions recipe = TrainingOptions.Recommended;
        recipe = recipe with { Steps = 5 }; // hidden
        scheduler = Given.Noise(); // hidden
        new DiffusionTrainer(model, scheduler, recipe).Run(data).Dispose();

        using (var pipeline = new DdpmPipeline(model, scheduler))
        {
            pipeline.SavePretrained("two-layers");
        }
        DenoiserRegistry known = DenoiserRegistry.Default.With(nameof(TwoLayers), _ => new TwoLayers());
        using var loaded = DdpmPipeline.FromPretrained("two-layers", denoisers: known);
        #endregion

        Assert.Equal([3, 2], loaded.Generate(3, steps: 2).Shape);
    }

    #region torchsharp-module
    public sealed class TwoLayers : Denoiser
    {
        private readonly Linear _in = nn.Linear(3, 64), _out = nn.Linear(64, 2);

        public TwoLayers()
            : base(nameof(TwoLayers)) => RegisterComponents();

        public override IReadOnlyList<int> SampleShape => [2];

        public override string ToConfigJson() => $$"""{ "_class_name": "{{nameof(TwoLayers)}}" }""";

        // x_t [N, 2], timesteps [N], no condition -> what the scheduler's PredictionType says, [N, 2].
        public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3)
        {
            using var scope = NewDisposeScope();
            Tensor time = input2.to_type(ScalarType.Float32).div(1000).unsqueeze(1);
            return _out.forward(_in.forward(cat([input1, time], 1)).relu()).MoveToOuterDisposeScope();
        }
    }
    #endregion
}
