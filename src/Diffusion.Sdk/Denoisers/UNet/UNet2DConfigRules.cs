using System.Runtime.CompilerServices;

namespace Diffusion.Sdk.Denoisers;

/// <summary>The ranges of a <see cref="UNet2DConfig"/> and the rules between its values.</summary>
internal static class UNet2DConfigRules
{
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public static void Check(UNet2DConfig config)
    {
        CheckNumbers(config);
        CheckEnums(config);
        CheckLevels(config);
        CheckChannels(config);
        Require(
            config.TimeEmbeddingType != TimeEmbeddingType.Learned || config.NumTrainTimesteps is not null,
            config.NumTrainTimesteps, "a number, since the time embedding is learned",
            nameof(UNet2DConfig.NumTrainTimesteps));
    }

    private static void CheckNumbers(UNet2DConfig config)
    {
        Require(
            config.SampleSize is null or { Height: >= 1, Width: >= 1 }, config.SampleSize, "sides of at least 1",
            nameof(config.SampleSize));
        AtLeast1(config.InChannels);
        AtLeast1(config.OutChannels);
        AtLeast1(config.LayersPerBlock);
        AtLeast1(config.NumTrainTimesteps);
        AtLeast1(config.AttentionHeadDim);
        AtLeast1(config.NormNumGroups);
        AtLeast1(config.AttnNormNumGroups);
        AtLeast1(config.NumClassEmbeds);
        Require(config.DownsamplePadding is 0 or 1, config.DownsamplePadding, "0 or 1");
        Require(config.Dropout is >= 0 and < 1, config.Dropout, "in [0, 1)");
        Require(config.NormEps is > 0 and < double.PositiveInfinity, config.NormEps, "a finite number above 0");
        Require(
            config.MidBlockScaleFactor is > 0 and < double.PositiveInfinity, config.MidBlockScaleFactor,
            "a finite number above 0");
        Require(double.IsFinite(config.FreqShift), config.FreqShift, "a finite number");
    }

    private static void CheckEnums(UNet2DConfig config)
    {
        Defined(config.TimeEmbeddingType);
        Defined(config.DownsampleType);
        Defined(config.UpsampleType);
        Defined(config.ResnetTimeScaleShift);
        Defined(config.ClassEmbedType ?? ClassEmbedType.Timestep, nameof(config.ClassEmbedType));
        Require(
            Enum.IsDefined(config.ActFn) && config.ActFn != Activation.Tanh, config.ActFn,
            "an activation that diffusers knows");
        foreach (DownBlockType type in config.DownBlockTypes)
        {
            Defined(type, nameof(config.DownBlockTypes));
        }
        foreach (UpBlockType type in config.UpBlockTypes)
        {
            Defined(type, nameof(config.UpBlockTypes));
        }
    }

    private static void CheckLevels(UNet2DConfig config)
    {
        int levels = config.BlockOutChannels.Count;
        Require(levels >= 1, "empty", "at least one level", nameof(config.BlockOutChannels));
        foreach (int channels in config.BlockOutChannels)
        {
            Require(channels >= 2, channels, "at least 2 channels in each level", nameof(config.BlockOutChannels));
        }
        Require(
            config.DownBlockTypes.Count == levels, $"{config.DownBlockTypes.Count} blocks", $"{levels}, one per level",
            nameof(config.DownBlockTypes));
        Require(
            config.UpBlockTypes.Count == levels, $"{config.UpBlockTypes.Count} blocks", $"{levels}, one per level",
            nameof(config.UpBlockTypes));
        bool skips = config.DownBlockTypes.Any(type => type.IsSkip()) || config.UpBlockTypes.Any(type => type.IsSkip());
        Require(
            !skips || config is { InChannels: 3, OutChannels: 3 },
            $"{config.InChannels} (and OutChannels {config.OutChannels})", "3 for both, which skip blocks need",
            nameof(config.InChannels));
        bool groupsFree = config.DownBlockTypes.All(type => type.IsSkip())
            && config.UpBlockTypes.All(type => type.IsSkip());
        Require(
            config.NormNumGroups is not null || groupsFree, "null", "a number, which all but skip blocks need",
            nameof(config.NormNumGroups));
    }

    // Groups and heads fit the channels of every level that has them.
    private static void CheckChannels(UNet2DConfig config)
    {
        IReadOnlyList<int> channels = config.BlockOutChannels;
        for (int k = 0; k < channels.Count; k++)
        {
            (DownBlockType down, UpBlockType up) = (config.DownBlockTypes[k], config.UpBlockTypes[^(k + 1)]);
            bool ends = k == 0 || k == channels.Count - 1; // where the output and the middle are
            if (config.NormNumGroups is { } groups && (ends || !down.IsSkip() || !up.IsSkip()))
            {
                Divides(groups, channels[k], nameof(config.NormNumGroups));
            }
            bool attends = down.HasAttention() || up.HasAttention() || (config.AddAttention && k == channels.Count - 1);
            Require(
                !attends || config.AttentionHeadDim is null || config.AttentionHeadDim <= channels[k],
                config.AttentionHeadDim, $"at most {channels[k]}, the channels of level {k}, which has attention",
                nameof(config.AttentionHeadDim));
        }
        if (config.AttnNormNumGroups is { } middle)
        {
            Divides(middle, channels[^1], nameof(config.AttnNormNumGroups));
        }

        void Divides(int groups, int count, string name) =>
            Require(count % groups == 0, groups, $"a divisor of each level's channels, such as {count}", name);
    }

    private static void AtLeast1(int? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value is null or >= 1, value, "at least 1", name);

    private static void Defined<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : struct, Enum =>
        Require(Enum.IsDefined(value), value, $"a {typeof(T).Name}", name);

    private static void Require(
        bool holds, object? value, string expected, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!holds)
        {
            string own = name[(name.LastIndexOf('.') + 1)..];
            throw new ArgumentOutOfRangeException(own, value, $"{own} is {value}; expected {expected}.");
        }
    }
}
