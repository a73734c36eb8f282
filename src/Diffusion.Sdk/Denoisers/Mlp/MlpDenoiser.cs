using System.Runtime.InteropServices;
using Diffusion.Sdk.Numerics;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A denoiser for points: hidden layers over the point and an embedding of its timestep and, if there are classes, of
/// its class or of numbers that it is conditioned on. Shapes: N batch, D dimensions of a point, E width of the time
/// embedding, W width of a hidden layer, C numbers of a condition.
/// </summary>
public sealed class MlpDenoiser : Denoiser
{
    [ComponentName(Name = "time_proj")]
    private readonly nn.Module<Tensor, Tensor> _timeProjection;

    [ComponentName(Name = "time_embedding")]
    private readonly TimestepEmbedding? _timeEmbedding;

    [ComponentName(Name = "class_embedding")]
    private readonly Embedding? _classEmbedding;

    [ComponentName(Name = "condition_embedding")]
    private readonly TimestepEmbedding? _conditionEmbedding;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<Linear> _layers;

    /// <summary>Makes a denoiser with fresh weights.</summary>
    /// <param name="config">The shape; null for the defaults.</param>
    /// <param name="seed">The seed of the weights: one seed, one set of weights, everywhere.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    public MlpDenoiser(MlpDenoiserConfig? config = null, long seed = 0)
        : this(config ?? new MlpDenoiserConfig(), new PhiloxStreams(seed))
    {
    }

    /// <summary>Makes a denoiser with fresh weights from given random streams.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="streams">Where the weights come from.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    public MlpDenoiser(MlpDenoiserConfig config, RandomStreams streams)
        : base(nameof(MlpDenoiser))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        SampleShape = Array.AsReadOnly([config.DataDimension]);
        _timeProjection = config.TimeEmbedding == TimeEmbeddingKind.Learned
            ? nn.Embedding(config.NumTrainTimesteps, config.TimeWidth)
            : config.TimeFrequencies is { } frequencies
                ? new TimeWaves([.. frequencies.Select(frequency => frequency / config.NumTrainTimesteps)])
                : new Timesteps(config.TimeWidth, flipSinToCos: false);
        _timeEmbedding = config.TimeNetwork
            ? new TimestepEmbedding(config.TimeWidth, config.TimeWidth, config.Activation)
            : null;
        _conditionEmbedding = config.ConditionWidth is { } width
            ? new TimestepEmbedding(width, config.TimeWidth, config.Activation)
            : null;
        _classEmbedding = config.NumClassEmbeds is { } classes ? nn.Embedding(classes, config.TimeWidth) : null;
        _layers = nn.ModuleList(MakeLayers(config));
        RegisterComponents();
        WeightInitialization.Apply(this, streams);
    }

    /// <summary>The shape.</summary>
    public MlpDenoiserConfig Config { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> SampleShape { get; }

    /// <inheritdoc/>
    public override int? NumClasses => Config.NumClassEmbeds;

    /// <inheritdoc/>
    public override int? ConditionWidth => Config.ConditionWidth;

    /// <summary>The rows of a learned time embedding.</summary>
    /// <value>null: the embedding is a formula, for any timestep.</value>
    public override int? NumTimesteps =>
        Config.TimeEmbedding == TimeEmbeddingKind.Learned ? Config.NumTrainTimesteps : null;

    /// <inheritdoc/>
    public override string ToConfigJson() => Config.ToJson();

    /// <summary>The denoiser's output.</summary>
    /// <param name="input1">x_t, float32 [N, D].</param>
    /// <param name="input2">Timesteps, int64 [N].</param>
    /// <param name="input3">
    /// Class labels, int64 [N] in [0, NumClassEmbeds), or the numbers of the condition, float32 [N, C]; null for a
    /// denoiser without either.
    /// </param>
    /// <returns>
    /// float32 [N, D], or [N, 2 D] where the variance is learned; the caller disposes it.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// A shape or type does not fit, labels are missing, or there are some although none are taken.
    /// </exception>
    public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3)
    {
        CheckSample(input1);
        CheckTimesteps(input2, input1.shape[0]);
        CheckCondition(input3, input1.shape[0]);
        using var scope = NewDisposeScope();
        Tensor embedded = EmbedTime(input2); // [N, E]
        if (input3 is not null)
        {
            embedded = embedded.add(EmbedCondition(input3));
        }
        Tensor hidden = cat([input1, embedded], 1); // [N, D + E]
        for (int k = 0; k < _layers.Count - 1; k++)
        {
            hidden = Config.Activation.Apply(_layers[k].forward(hidden)); // [N, W]
        }
        return _layers[^1].forward(hidden).MoveToOuterDisposeScope(); // [N, D] or [N, 2 D]
    }

    /// <inheritdoc/>
    public override Denoiser NewLike() => new MlpDenoiser(Config);

    /// <inheritdoc/>
    public override DenoiserRun BeginSampling(IReadOnlyList<long> timesteps)
    {
        ArgumentNullException.ThrowIfNull(timesteps);
        return KernelsSample
            ? new MlpKernelRun(this, timesteps, rounded: false)
            : new MlpRun(this, [.. timesteps]);
    }

    /// <inheritdoc/>
    internal override DenoiserRun BeginSampling(IReadOnlyList<long> timesteps, Precision precision) =>
        precision == Precision.BFloat16 && KernelsSample && Kernels.HasBFloat16
            ? new MlpKernelRun(this, timesteps, rounded: true)
            : base.BeginSampling(timesteps, precision);

    // Whether native kernels multiply for it.
    private bool KernelsServe =>
        Kernels.ServeAll(_layers[0].weight, _layers[^1].weight, null)
            && MlpKernelRun.DenseActivationOf(Config.Activation) is not null;

    // Whether they sample too: a run embeds timesteps and classes once, numbers anew at each step.
    private bool KernelsSample => KernelsServe && Config.ConditionWidth is null;

    private bool AllLearn => parameters().All(weight => weight.requires_grad);

    /// <summary>The layers from the input to the output.</summary>
    internal IReadOnlyList<Linear> Layers => [.. _layers];

    /// <summary>The network behind the time projection; null where there is none.</summary>
    internal TimestepEmbedding? TimeNetwork => _timeEmbedding;

    /// <summary>The network that embeds the numbers of a condition; null where there are none.</summary>
    internal TimestepEmbedding? ConditionNetwork => _conditionEmbedding;

    /// <inheritdoc/>
    internal override TrainingPass BeginTraining(int batchSize, int numTrainTimesteps, Tensor gradient) =>
        !AllLearn ? base.BeginTraining(batchSize, numTrainTimesteps, gradient)
        : KernelsServe ? new MlpKernelPass(this, batchSize, numTrainTimesteps, gradient, rounded: false)
        : MlpTrainingPass.Serves(Config) ? new MlpTrainingPass(this, batchSize, numTrainTimesteps)
        : base.BeginTraining(batchSize, numTrainTimesteps, gradient);

    /// <inheritdoc/>
    internal override TrainingPass? BeginRoundedTraining(int batchSize, int numTrainTimesteps, Tensor gradient) =>
        AllLearn && KernelsServe && Kernels.HasBFloat16
            ? new MlpKernelPass(this, batchSize, numTrainTimesteps, gradient, rounded: true)
            : null;

    /// <summary>The learned embedding of each timestep, [T, E]; null where it is a formula.</summary>
    internal Tensor? TimeTable => (_timeProjection as Embedding)?.weight;

    /// <summary>The embedding of each class, [classes, E]; null where there are none.</summary>
    internal Tensor? ClassTable => _classEmbedding?.weight;

    /// <summary>The first step of the time embedding, [N, E], of timesteps [N].</summary>
    internal Tensor ProjectTime(Tensor timesteps) => _timeProjection.call(timesteps);

    /// <summary>The time embedding [N, E] of timesteps [N].</summary>
    internal Tensor EmbedTime(Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        Tensor projected = _timeProjection.call(timesteps);
        Tensor embedded = _timeEmbedding?.forward(projected) ?? projected.to_type(_layers[0].weight.dtype);
        return embedded.MoveToOuterDisposeScope();
    }

    /// <summary>The embedding [N, E] of class labels [N] or of conditions [N, C].</summary>
    internal Tensor EmbedCondition(Tensor condition) =>
        _classEmbedding?.call(condition) ?? _conditionEmbedding!.forward(condition);

    /// <exception cref="ArgumentException">The sample is not [N, D].</exception>
    internal void CheckSample(Tensor sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample.dim() != 2 || sample.size(1) != Config.DataDimension)
        {
            throw new ArgumentException(
                $"The sample has shape [{string.Join(", ", sample.shape)}]; expected [N, {Config.DataDimension}].",
                nameof(sample));
        }
    }

    /// <exception cref="ArgumentException">
    /// The condition is not what the config says: labels, int64 [N], numbers, [N, C], or nothing.
    /// </exception>
    internal void CheckCondition(Tensor? condition, long count)
    {
        if (Config.ConditionWidth is not { } width)
        {
            CheckLabels(condition, count);
        }
        else if (condition?.shape is not [var rows, var columns] || rows != count || columns != width)
        {
            string given = condition is null ? "null" : $"[{string.Join(", ", condition.shape)}]";
            throw new ArgumentException($"The condition is {given}; expected [{count}, {width}].", nameof(condition));
        }
    }

    /// <summary>For those who read where a label says.</summary>
    /// <param name="labels">int64 [N], contiguous, in main memory.</param>
    /// <exception cref="ArgumentException">A label is none of the classes.</exception>
    internal void CheckLabelRange(Tensor labels)
    {
        ReadOnlySpan<long> values = MemoryMarshal.Cast<byte, long>(labels.bytes);
        long classes = Config.NumClassEmbeds!.Value;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] < 0 || values[i] >= classes)
            {
                throw new ArgumentException(
                    $"The label of sample {i} is {values[i]}; expected a class in [0, {classes}).", nameof(labels));
            }
        }
    }

    private void CheckLabels(Tensor? labels, long count)
    {
        if (NumClasses is null != labels is null)
        {
            throw new ArgumentException(
                labels is null
                    ? $"The MlpDenoiser tells {NumClasses} classes apart; expected labels, Int64 [{count}], as its " +
                        "condition, got null."
                    : "The MlpDenoiser takes no condition (its config has no NumClassEmbeds); expected null.",
                nameof(labels));
        }
        if (labels is not null && (labels.dtype != ScalarType.Int64 || labels.dim() != 1 || labels.size(0) != count))
        {
            throw new ArgumentException(
                $"The labels are {labels.dtype} [{string.Join(", ", labels.shape)}]; expected Int64 [{count}].",
                nameof(labels));
        }
    }

    private static void CheckTimesteps(Tensor timesteps, long count)
    {
        ArgumentNullException.ThrowIfNull(timesteps);
        if (timesteps.dtype != ScalarType.Int64 || timesteps.shape is not [var given] || given != count)
        {
            throw new ArgumentException(
                $"The timesteps are {timesteps.dtype} [{string.Join(", ", timesteps.shape)}]; " +
                $"expected Int64 [{count}].",
                nameof(timesteps));
        }
    }

    private static Linear[] MakeLayers(MlpDenoiserConfig config)
    {
        var layers = new Linear[config.Depth + 1];
        for (int k = 0; k < layers.Length; k++)
        {
            int inputs = k == 0 ? config.DataDimension + config.TimeWidth : config.Width;
            layers[k] = nn.Linear(inputs, k == config.Depth ? config.OutputWidth : config.Width);
        }
        return layers;
    }
}
