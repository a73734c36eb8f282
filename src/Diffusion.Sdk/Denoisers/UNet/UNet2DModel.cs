using Diffusion.Sdk.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A denoiser for images: a U-Net of ResNet blocks with attention, as diffusers' class of this name (0.27.2), its
/// weights and files included. Ho et al. 2020 (arXiv:2006.11239), appendix B. Shapes: N batch, C channels, H height,
/// W width, E time embedding.
/// </summary>
/// <remarks>
/// <para>Fresh weights depend on the seed alone, and the last convolution starts at zero, so that an untrained network
/// says 0; diffusers starts it at random.</para>
/// <para>H and W must be divisible by 2 to the number of levels less one.</para>
/// </remarks>
public sealed class UNet2DModel : Denoiser
{
    private const double FourierScale = 16;

    // Fewer images at once than this leave a processor's convolutions idle.
    private const int LeastImages = 4;

    [ComponentName(Name = "conv_in")]
    private readonly Conv2d _convIn;

    [ComponentName(Name = "time_proj")]
    private readonly nn.Module<Tensor, Tensor> _timeProjection;

    [ComponentName(Name = "time_embedding")]
    private readonly TimestepEmbedding _timeEmbedding;

    [ComponentName(Name = "class_embedding")]
    private readonly nn.Module<Tensor, Tensor>? _classEmbedding;

    [ComponentName(Name = "down_blocks")]
    private readonly ModuleList<nn.Module<Tensor, UNetSignal, Tensor>> _downBlocks;

    [ComponentName(Name = "mid_block")]
    private readonly MidBlock _midBlock;

    [ComponentName(Name = "up_blocks")]
    private readonly ModuleList<nn.Module<Tensor, UNetSignal, Tensor>> _upBlocks;

    [ComponentName(Name = "conv_norm_out")]
    private readonly GroupNorm _normOut;

    [ComponentName(Name = "conv_out")]
    private readonly Conv2d _convOut;

    private readonly int[]? _sampleShape;

    /// <summary>Makes a network with fresh weights.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="streams">Where the weights come from; null for those of seed 0.</param>
    /// <param name="zeroOutput">Whether the last convolution starts at zero.</param>
    /// <exception cref="ArgumentException">
    /// A value of the config is out of its range, or groups or heads do not fit the channels.
    /// </exception>
    public UNet2DModel(UNet2DConfig config, RandomStreams? streams = null, bool zeroOutput = true)
        : base(nameof(UNet2DModel))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        streams ??= new PhiloxStreams(0);
        int first = config.BlockOutChannels[0];
        int projected = config.TimeEmbeddingType == TimeEmbeddingType.Fourier ? 2 * first : first;
        var blocks = new UNetBlocks(config);
        _sampleShape = config.SampleSize is { } size ? [config.InChannels, size.Height, size.Width] : null;
        _convIn = nn.Conv2d(config.InChannels, first, 3, padding: 1);
        _timeProjection = TimeProjection(config, streams);
        _timeEmbedding = new TimestepEmbedding(projected, config.TimeEmbedDim);
        _classEmbedding = ClassEmbedding(config, projected);
        _downBlocks = new ModuleList<nn.Module<Tensor, UNetSignal, Tensor>>([.. blocks.Down()]);
        _midBlock = blocks.Mid();
        _upBlocks = new ModuleList<nn.Module<Tensor, UNetSignal, Tensor>>([.. blocks.Up()]);
        _normOut = blocks.OutputNorm();
        _convOut = nn.Conv2d(first, config.OutChannels, 3, padding: 1);
        RegisterComponents();
        WeightInitialization.Apply(this, streams);
        if (zeroOutput)
        {
            using IDisposable withoutGradients = no_grad();
            _convOut.weight.zero_();
            _convOut.bias!.zero_();
        }
    }

    /// <summary>The architecture.</summary>
    public UNet2DConfig Config { get; }

    /// <summary>[C, H, W] of the images that pipelines make.</summary>
    /// <exception cref="InvalidOperationException">
    /// The config has no <see cref="UNet2DConfig.SampleSize"/>.
    /// </exception>
    public override IReadOnlyList<int> SampleShape => _sampleShape is not null
        ? Array.AsReadOnly(_sampleShape)
        : throw new InvalidOperationException(
            $"The network's config does not say how large its images are; set {nameof(UNet2DConfig.SampleSize)}.");

    /// <summary>
    /// The rows of the table of class embeddings, or any number of classes under <see cref="ClassEmbedType.Timestep"/>.
    /// </summary>
    /// <value>null: there are no class labels.</value>
    public override int? NumClasses => Config.ClassEmbedType switch
    {
        null => Config.NumClassEmbeds,
        ClassEmbedType.Timestep => int.MaxValue,
        _ => null,
    };

    /// <summary>The rows of a learned time embedding.</summary>
    /// <value>null: the embedding is a formula, for any timestep.</value>
    public override int? NumTimesteps =>
        Config.TimeEmbeddingType == TimeEmbeddingType.Learned ? Config.NumTrainTimesteps : null;

    /// <inheritdoc/>
    public override string ToConfigJson() => Config.ToJson();

    /// <inheritdoc/>
    public override Denoiser NewLike() => new UNet2DModel(Config);

    /// <summary>The network's output.</summary>
    /// <param name="input1">x_t, float32 [N, C, H, W].</param>
    /// <param name="input2">
    /// Timesteps [N], or one for all, [1] or []; int64, or float32 unless they are learned.
    /// </param>
    /// <param name="input3">
    /// Class labels, int64 [N] in [0, NumClassEmbeds) for a table, of any number type for
    /// <see cref="ClassEmbedType.Timestep"/>, float32 [N, E] for <see cref="ClassEmbedType.Identity"/>; null for a
    /// network without classes.
    /// </param>
    /// <returns>float32 [N, C', H, W]; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">
    /// A shape or type does not fit, labels are missing, or there are some although none are taken.
    /// </exception>
    public override Tensor forward(Tensor input1, Tensor input2, Tensor? input3)
    {
        UNetInputs.Check(Config, input1, input2, input3);
        using var scope = NewDisposeScope();
        long count = input1.shape[0];
        Tensor timesteps = input2.expand(count); // [N]
        if (is_grad_enabled() || input1.device_type != DeviceType.CPU)
        {
            return Forward(input1, timesteps, input3).MoveToOuterDisposeScope();
        }
        Tensor output = empty(
            [count, Config.OutChannels, input1.shape[2], input1.shape[3]], input1.dtype, input1.device);
        BatchParts.Run(count, BatchParts.Count(count, LeastImages), (_, first, images) =>
            output.narrow(0, first, images).copy_(Forward(
                input1.narrow(0, first, images), timesteps.narrow(0, first, images),
                input3?.narrow(0, first, images))));
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Parameters by diffusers' names. The frequencies of a Fourier time embedding are there twice, as diffusers has
    /// them.
    /// </summary>
    /// <param name="destination">Where to add them; null makes a new dictionary.</param>
    /// <param name="prefix">What stands, with a dot, before each name.</param>
    public override Dictionary<string, Tensor> state_dict(
        Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        destination = base.state_dict(destination, prefix);
        if (_timeProjection is GaussianFourierProjection fourier)
        {
            string lead = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
            destination.TryAdd(lead + UNetKeys.FourierAlias, fourier.Weight);
        }
        return destination;
    }

    /// <inheritdoc/>
    internal override string KeyOf(string fileKey) => UNetKeys.Current(fileKey);

    // Dropout draws from libtorch's one generator, in the order of the operators.
    internal override TrainingPass BeginTraining(int batchSize, int numTrainTimesteps, Tensor gradient) =>
        gradient.device_type == DeviceType.CPU && Config.Dropout == 0
            ? new PartedPass(this, LeastImages, gradient)
            : base.BeginTraining(batchSize, numTrainTimesteps, gradient);

    private Tensor Forward(Tensor images, Tensor timesteps, Tensor? labels)
    {
        Tensor sample = Config.CenterInputSample ? images.mul(2).sub_(1) : images;
        var signal = new UNetSignal(Config.ActFn.ApplyOwned(Embed(timesteps, labels)), sample);
        Tensor hidden = ImageLayout.ForComputing(NormConvolution.Apply(_convIn, sample));
        signal.Push(hidden);
        foreach (nn.Module<Tensor, UNetSignal, Tensor> block in _downBlocks)
        {
            hidden = block.call(hidden, signal);
        }
        hidden = _midBlock.call(hidden, signal);
        signal.Image = null;
        foreach (nn.Module<Tensor, UNetSignal, Tensor> block in _upBlocks)
        {
            hidden = block.call(hidden, signal);
        }
        Tensor output = NormConvolution.Apply(_normOut, Activation.Silu, _convOut, hidden);
        if (signal.Image is not null)
        {
            output.add_(signal.Image);
        }
        if (Config.TimeEmbeddingType == TimeEmbeddingType.Fourier)
        {
            output.div_(timesteps.to_type(ScalarType.Float32).view(-1, 1, 1, 1));
        }
        return output;
    }

    // [N, E].
    private Tensor Embed(Tensor timesteps, Tensor? labels)
    {
        Tensor time = _timeEmbedding.call(_timeProjection.call(timesteps));
        if (labels is null)
        {
            return time;
        }
        Tensor projected = Config.ClassEmbedType == ClassEmbedType.Timestep ? _timeProjection.call(labels) : labels;
        return time.add(_classEmbedding is null ? projected.to_type(time.dtype) : _classEmbedding.call(projected));
    }

    private static nn.Module<Tensor, Tensor> TimeProjection(UNet2DConfig config, RandomStreams streams)
    {
        int width = config.BlockOutChannels[0];
        return config.TimeEmbeddingType switch
        {
            TimeEmbeddingType.Fourier => new GaussianFourierProjection(width, FourierScale, streams: streams),
            TimeEmbeddingType.Learned => nn.Embedding(config.NumTrainTimesteps!.Value, width),
            _ => new Timesteps(width, config.FlipSinToCos, config.FreqShift),
        };
    }

    private static nn.Module<Tensor, Tensor>? ClassEmbedding(UNet2DConfig config, int projected) =>
        (config.ClassEmbedType, config.NumClassEmbeds) switch
        {
            (ClassEmbedType.Timestep, _) => new TimestepEmbedding(projected, config.TimeEmbedDim),
            (null, { } classes) => nn.Embedding(classes, config.TimeEmbedDim),
            _ => null,
        };
}
