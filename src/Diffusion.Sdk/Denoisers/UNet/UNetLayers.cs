using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>What the layers of one block share, and how they are made of it.</summary>
internal sealed record UNetLayers
{
    private const int MostGroups = 32;

    /// <summary>E, width of the time embedding.</summary>
    public required int TimeChannels { get; init; }

    /// <summary>Groups of the norms; null: a quarter of the channels, at most 32.</summary>
    public required int? Groups { get; init; }

    /// <summary>What the norms add to the variance.</summary>
    public required double Epsilon { get; init; }

    /// <summary>Channels of one attention head; null: one head.</summary>
    public required int? HeadChannels { get; init; }

    /// <summary>The probability that training drops a value.</summary>
    public required double Dropout { get; init; }

    /// <summary>The function inside ResNet blocks.</summary>
    public required Activation Activation { get; init; }

    /// <summary>How the time embedding enters a ResNet block.</summary>
    public required ResnetTimeScaleShift TimeScaleShift { get; init; }

    /// <summary>What sums of a layer's input and output are divided by.</summary>
    public double OutputScale { get; init; } = 1;

    /// <summary>Those of plain blocks.</summary>
    public static UNetLayers Of(UNet2DConfig config) => new()
    {
        TimeChannels = config.TimeEmbedDim,
        Groups = config.NormNumGroups,
        Epsilon = config.NormEps,
        HeadChannels = config.AttentionHeadDim,
        Dropout = config.Dropout,
        Activation = config.ActFn,
        TimeScaleShift = config.ResnetTimeScaleShift,
    };

    /// <summary>Those of skip blocks: own groups, sums that keep their variance.</summary>
    public UNetLayers ForSkips() => this with { Groups = null, OutputScale = Math.Sqrt(2) };

    /// <summary>A norm.</summary>
    /// <param name="channels">C.</param>
    /// <param name="groups">Groups; null for the usual.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public GroupNorm Norm(int channels, int? groups = null)
    {
        int count = groups ?? GroupsOf(channels);
        return count >= 1 && channels % count == 0
            ? nn.GroupNorm(count, channels, Epsilon)
            : throw new ArgumentException(
                $"A norm of {channels} channels cannot have {count} groups; expected a divisor " +
                $"({nameof(UNet2DConfig.NormNumGroups)}, {nameof(UNet2DConfig.BlockOutChannels)}).");
    }

    /// <summary>The usual groups of a norm.</summary>
    public int GroupsOf(int channels) => Groups ?? Math.Min(channels / 4, MostGroups);
}
