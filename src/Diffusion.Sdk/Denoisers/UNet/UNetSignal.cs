using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>What goes through a U-Net beside the hidden channels. Shapes: N batch, E time embedding.</summary>
/// <param name="time">The time embedding behind its activation, [N, E]; every ResNet block takes it.</param>
/// <param name="image">The network's input, [N, 3, H, W], which skip blocks halve level by level.</param>
internal sealed class UNetSignal(Tensor time, Tensor image)
{
    private readonly Stack<Tensor> _residuals = new();

    /// <summary>The time embedding behind its activation, [N, E].</summary>
    public Tensor Time { get; } = time;

    /// <summary>
    /// On the way down the network's input at the level's size; on the way up the output so far, null at first.
    /// </summary>
    public Tensor? Image { get; set; } = image;

    /// <summary>Keeps what a layer on the way down made for its counterpart on the way up.</summary>
    public void Push(Tensor residual) => _residuals.Push(residual);

    /// <summary>The hidden channels and those of the counterpart side by side, [N, C + C', H, W].</summary>
    public Tensor Join(Tensor hidden)
    {
        Tensor residual = _residuals.Pop();
        Tensor joined = cat([hidden, residual], 1);
        residual.Dispose(); // nobody else looks at it again
        return joined;
    }
}
