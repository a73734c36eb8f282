using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// Two convolutions with norms before them, the time between them and the input added, as diffusers' ResnetBlock2D.
/// Ho et al. 2020 (arXiv:2006.11239), appendix B. Shapes: N batch, C channels, H height, W width, E time embedding.
/// </summary>
internal sealed class ResnetBlock : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly GroupNorm _norm1;

    [ComponentName(Name = "conv1")]
    private readonly Conv2d _conv1;

    [ComponentName(Name = "time_emb_proj")]
    private readonly Linear _time;

    [ComponentName(Name = "norm2")]
    private readonly GroupNorm _norm2;

    [ComponentName(Name = "dropout")]
    private readonly Dropout _dropout;

    [ComponentName(Name = "conv2")]
    private readonly Conv2d _conv2;

    [ComponentName(Name = "conv_shortcut")]
    private readonly Conv2d? _shortcut;

    [ComponentName(Name = "sampler")]
    private readonly nn.Module<Tensor, Tensor>? _sampler;

    private readonly UNetLayers _layers;

    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="layers">What it shares with its block.</param>
    /// <param name="sampler">
    /// What halves or doubles the image, before the first convolution and on the shortcut.
    /// </param>
    /// <param name="inputGroups">Groups of the first norm; null for the usual.</param>
    /// <param name="projects">Whether the shortcut has a convolution though the channels agree.</param>
    public ResnetBlock(
        int inputs, int outputs, UNetLayers layers, nn.Module<Tensor, Tensor>? sampler = null,
        int? inputGroups = null, bool projects = false)
        : base(nameof(ResnetBlock))
    {
        bool scales = layers.TimeScaleShift == ResnetTimeScaleShift.ScaleShift;
        (_layers, _sampler) = (layers, sampler);
        _norm1 = layers.Norm(inputs, inputGroups);
        _conv1 = nn.Conv2d(inputs, outputs, 3, padding: 1);
        _time = nn.Linear(layers.TimeChannels, scales ? 2 * outputs : outputs);
        _norm2 = layers.Norm(outputs);
        _dropout = nn.Dropout(layers.Dropout);
        _conv2 = nn.Conv2d(outputs, outputs, 3, padding: 1);
        _shortcut = inputs != outputs || projects ? nn.Conv2d(inputs, outputs, 1) : null;
        RegisterComponents();
    }

    /// <param name="input1">[N, C, H, W].</param>
    /// <param name="input2">The time embedding behind its activation, [N, E].</param>
    /// <returns>[N, C', H', W']; the caller disposes it.</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        Tensor shortcut = input1, hidden;
        if (_sampler is null)
        {
            hidden = NormConvolution.Apply(_norm1, _layers.Activation, _conv1, input1);
        }
        else
        {
            hidden = _sampler.call(NormActivation.Apply(_norm1, _layers.Activation, input1));
            (shortcut, hidden) = (_sampler.call(shortcut), NormConvolution.Apply(_conv1, hidden));
        }
        shortcut = _shortcut is null ? shortcut : NormConvolution.Apply(_shortcut, shortcut);
        Tensor time = _time.call(input2);
        if (_layers is { Dropout: 0, TimeScaleShift: ResnetTimeScaleShift.Default })
        {
            hidden = NormConvolution.Apply(_norm2, _layers.Activation, _conv2, hidden, time, shortcut);
        }
        else
        {
            hidden = WithTime(hidden, time);
            hidden = NormConvolution.Apply(_conv2, _layers.Dropout > 0 ? _dropout.call(hidden) : hidden).add_(shortcut);
        }
        if (_layers.OutputScale != 1)
        {
            hidden.div_(_layers.OutputScale);
        }
        return hidden.MoveToOuterDisposeScope();
    }

    // time: [N, C or 2 C].
    private Tensor WithTime(Tensor hidden, Tensor time)
    {
        if (_layers.TimeScaleShift == ResnetTimeScaleShift.Default)
        {
            return NormActivation.Apply(_norm2, _layers.Activation, hidden, time);
        }
        Tensor[] parts = time.unsqueeze(2).unsqueeze(3).chunk(2, 1);
        Tensor normed = NormActivation.Apply(_norm2, null, hidden);
        return _layers.Activation.ApplyOwned(normed.mul(parts[0].add(1)).add_(parts[1]));
    }
}
