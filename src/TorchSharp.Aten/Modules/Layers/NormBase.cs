using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What normalizations with running statistics share.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    [ComponentName(Name = nameof(running_mean))]
    private Tensor? _runningMean;

    [ComponentName(Name = nameof(running_var))]
    private Tensor? _runningVar;

    [ComponentName(Name = nameof(num_batches_tracked))]
    private Tensor? _batches;

    /// <summary>Makes a normalization.</summary>
    /// <param name="num_features">Channels C.</param>
    /// <param name="eps">What is added to the variance before its root is taken.</param>
    /// <param name="momentum">
    /// Weight of the newest batch in the running statistics; null averages over all batches.
    /// </param>
    /// <param name="affine">Whether a learned scale and shift per channel follow.</param>
    /// <param name="track_running_stats">Whether running statistics are kept.</param>
    /// <param name="device">Device.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="name">Name of the module.</param>
    public NormBase(
        long num_features, double eps, double? momentum, bool affine, bool track_running_stats,
        Device? device, ScalarType? dtype, string name)
        : base(name)
    {
        (this.num_features, this.eps, this.momentum) = (num_features, eps, momentum);
        (this.affine, this.track_running_stats) = (affine, track_running_stats);
        if (affine)
        {
            weight = new Parameter(ones([num_features], dtype, device));
            bias = new Parameter(zeros([num_features], dtype, device));
        }
        if (track_running_stats)
        {
            running_mean = zeros([num_features], dtype, device);
            running_var = ones([num_features], dtype, device);
            num_batches_tracked = zeros(Array.Empty<long>(), ScalarType.Int64, device);
        }
    }

    /// <summary>Channels C.</summary>
    public long num_features { get; }

    /// <summary>What is added to the variance before its root is taken.</summary>
    public double eps { get; set; }

    /// <summary>Weight of the newest batch in the running statistics; null averages over all batches.</summary>
    public double? momentum { get; set; }

    /// <summary>Whether a learned scale and shift per channel follow.</summary>
    public bool affine { get; }

    /// <summary>Whether running statistics are kept.</summary>
    public bool track_running_stats { get; }

    /// <summary>Scale [C], or null.</summary>
    public Parameter? weight
    {
        get => _weight;
        set => ReplaceParameter(nameof(weight), ref _weight, value);
    }

    /// <summary>Shift [C], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => ReplaceParameter(nameof(bias), ref _bias, value);
    }

    /// <summary>Running mean [C], or null.</summary>
    public Tensor? running_mean
    {
        get => _runningMean;
        set => ReplaceBuffer(nameof(running_mean), ref _runningMean, value);
    }

    /// <summary>Running variance, unbiased, [C], or null.</summary>
    public Tensor? running_var
    {
        get => _runningVar;
        set => ReplaceBuffer(nameof(running_var), ref _runningVar, value);
    }

    /// <summary>Number of batches behind the running statistics, int64 [], or null.</summary>
    public Tensor? num_batches_tracked
    {
        get => _batches;
        set => ReplaceBuffer(nameof(num_batches_tracked), ref _batches, value);
    }

    /// <summary>Checks the number of dimensions.</summary>
    /// <exception cref="ArgumentException">It is not what the module takes.</exception>
    protected abstract void ValidateInputDimensions(Tensor input);

    /// <summary>Puts the running statistics to mean 0 and variance 1.</summary>
    public void reset_running_stats()
    {
        using IDisposable guard = no_grad();
        running_mean?.zero_();
        running_var?.fill_(1);
        num_batches_tracked?.zero_();
    }

    /// <summary>Puts running statistics, scale and shift to where they began.</summary>
    public void reset_parameters()
    {
        reset_running_stats();
        if (affine)
        {
            nn.init.ones_(weight!);
            nn.init.zeros_(bias!);
        }
    }
}
