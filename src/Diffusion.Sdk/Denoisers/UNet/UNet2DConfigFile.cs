using Diffusion.Sdk.Files;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Denoisers;

/// <summary>A <see cref="UNet2DConfig"/> as diffusers' config.json.</summary>
internal static class UNet2DConfigFile
{
    private static readonly Dictionary<string, TimeEmbeddingType> s_timeEmbeddings = new()
    {
        ["positional"] = TimeEmbeddingType.Positional,
        ["fourier"] = TimeEmbeddingType.Fourier,
        ["learned"] = TimeEmbeddingType.Learned,
    };

    private static readonly Dictionary<string, ClassEmbedType> s_classEmbeddings = new()
    {
        ["timestep"] = ClassEmbedType.Timestep,
        ["identity"] = ClassEmbedType.Identity,
    };

    private static readonly Dictionary<string, ResnetTimeScaleShift> s_timeShifts = new()
    {
        ["default"] = ResnetTimeScaleShift.Default,
        ["scale_shift"] = ResnetTimeScaleShift.ScaleShift,
    };

    private static readonly Dictionary<string, ResamplingType> s_resamplings = new()
    {
        ["conv"] = ResamplingType.Conv,
        ["resnet"] = ResamplingType.Resnet,
    };

    private static readonly Dictionary<string, Activation> s_activations = new()
    {
        ["silu"] = Activation.Silu,
        ["swish"] = Activation.Silu,
        ["mish"] = Activation.Mish,
        ["gelu"] = Activation.Gelu,
        ["relu"] = Activation.Relu,
    };

    /// <exception cref="InvalidDataException">It is not the config of such a network.</exception>
    public static UNet2DConfig Read(JsonConfig json, ILogger? logger)
    {
        if (json.GetString("_class_name") is var name && name != UNet2DConfig.ClassName)
        {
            throw new InvalidDataException(
                $"{json.Source} is for \"{name}\"; expected \"{UNet2DConfig.ClassName}\".");
        }
        UNet2DConfig config = ReadBlocks(json, ReadEnds(json, new UNet2DConfig())) with { File = json.Clone() };
        try
        {
            config.Validate();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{json.Source}: {error.Message}", error);
        }
        string[] unknown = [.. json.Keys.Except(Write(new UNet2DConfig()).Keys)];
        if (unknown.Length > 0 && logger is not null)
        {
            DenoiserLog.UnknownKeysKept(logger, UNet2DConfig.ClassName, string.Join(", ", unknown));
        }
        return config;
    }

    /// <summary>The keys of the file it was read from, with the values of the config.</summary>
    public static JsonConfig Write(UNet2DConfig config)
    {
        JsonConfig json = config.File?.Clone() ?? new JsonConfig();
        json.Set("_class_name", UNet2DConfig.ClassName);
        json.Set("_diffusers_version", config.DiffusersVersion);
        json.Set("act_fn", NameOf(s_activations, config.ActFn));
        json.Set("add_attention", config.AddAttention);
        json.Set("attention_head_dim", config.AttentionHeadDim);
        json.Set("attn_norm_num_groups", config.AttnNormNumGroups);
        json.Set("block_out_channels", config.BlockOutChannels);
        json.Set("center_input_sample", config.CenterInputSample);
        json.Set("class_embed_type", config.ClassEmbedType is { } type ? NameOf(s_classEmbeddings, type) : null);
        json.Set("down_block_types", config.DownBlockTypes.Select(block => block.ToString()));
        json.Set("downsample_padding", config.DownsamplePadding);
        json.Set("downsample_type", NameOf(s_resamplings, config.DownsampleType));
        SetNumber(json, "dropout", config.Dropout, whole: false);
        json.Set("flip_sin_to_cos", config.FlipSinToCos);
        SetNumber(json, "freq_shift", config.FreqShift, whole: true);
        json.Set("in_channels", config.InChannels);
        json.Set("layers_per_block", config.LayersPerBlock);
        SetNumber(json, "mid_block_scale_factor", config.MidBlockScaleFactor, whole: true);
        SetNumber(json, "norm_eps", config.NormEps, whole: false);
        json.Set("norm_num_groups", config.NormNumGroups);
        json.Set("num_class_embeds", config.NumClassEmbeds);
        json.Set("num_train_timesteps", config.NumTrainTimesteps);
        json.Set("out_channels", config.OutChannels);
        json.Set("resnet_time_scale_shift", NameOf(s_timeShifts, config.ResnetTimeScaleShift));
        SetSize(json, config.SampleSize);
        json.Set("time_embedding_type", NameOf(s_timeEmbeddings, config.TimeEmbeddingType));
        json.Set("up_block_types", config.UpBlockTypes.Select(block => block.ToString()));
        json.Set("upsample_type", NameOf(s_resamplings, config.UpsampleType));
        return json;
    }

    // Input, output, time and classes.
    private static UNet2DConfig ReadEnds(JsonConfig json, UNet2DConfig config) => config with
    {
        DiffusersVersion = json.GetString("_diffusers_version", config.DiffusersVersion),
        SampleSize = ReadSize(json),
        InChannels = json.GetInt32("in_channels", config.InChannels),
        OutChannels = json.GetInt32("out_channels", config.OutChannels),
        CenterInputSample = json.GetBoolean("center_input_sample", config.CenterInputSample),
        TimeEmbeddingType = json.GetEnum("time_embedding_type", s_timeEmbeddings, config.TimeEmbeddingType),
        NumTrainTimesteps = Optional(json, "num_train_timesteps", config.NumTrainTimesteps),
        FreqShift = json.GetDouble("freq_shift", config.FreqShift),
        FlipSinToCos = json.GetBoolean("flip_sin_to_cos", config.FlipSinToCos),
        ClassEmbedType = json.IsNull("class_embed_type") ? null : json.GetEnum("class_embed_type", s_classEmbeddings),
        NumClassEmbeds = Optional(json, "num_class_embeds", config.NumClassEmbeds),
    };

    private static UNet2DConfig ReadBlocks(JsonConfig json, UNet2DConfig config) => config with
    {
        DownBlockTypes = ReadTypes(json, "down_block_types", config.DownBlockTypes),
        UpBlockTypes = ReadTypes(json, "up_block_types", config.UpBlockTypes),
        BlockOutChannels = json.Contains("block_out_channels")
            ? [.. json.GetInt64s("block_out_channels").Select(channels => checked((int)channels))]
            : config.BlockOutChannels,
        LayersPerBlock = json.GetInt32("layers_per_block", config.LayersPerBlock),
        MidBlockScaleFactor = json.GetDouble("mid_block_scale_factor", config.MidBlockScaleFactor),
        DownsamplePadding = json.GetInt32("downsample_padding", config.DownsamplePadding),
        DownsampleType = json.GetEnum("downsample_type", s_resamplings, config.DownsampleType),
        UpsampleType = json.GetEnum("upsample_type", s_resamplings, config.UpsampleType),
        Dropout = json.GetDouble("dropout", config.Dropout),
        ActFn = json.GetEnum("act_fn", s_activations, config.ActFn),
        AttentionHeadDim = Optional(json, "attention_head_dim", config.AttentionHeadDim),
        NormNumGroups = Optional(json, "norm_num_groups", config.NormNumGroups),
        AttnNormNumGroups = Optional(json, "attn_norm_num_groups", config.AttnNormNumGroups),
        NormEps = json.GetDouble("norm_eps", config.NormEps),
        ResnetTimeScaleShift = json.GetEnum("resnet_time_scale_shift", s_timeShifts, config.ResnetTimeScaleShift),
        AddAttention = json.GetBoolean("add_attention", config.AddAttention),
    };

    // One number for a square, two for height and width.
    private static ImageSize? ReadSize(JsonConfig json)
    {
        const string Key = "sample_size";
        if (json.IsNull(Key))
        {
            return null;
        }
        if (json.Find(Key) is not IReadOnlyList<object?>)
        {
            return json.GetInt32(Key);
        }
        return json.GetInt64s(Key) is [var height and >= 1 and <= int.MaxValue, var width and >= 1 and <= int.MaxValue]
            ? new ImageSize((int)height, (int)width)
            : throw new InvalidDataException(
                $"{json.Source}: \"{Key}\" is no size; expected a number, or height and width.");
    }

    private static void SetSize(JsonConfig json, ImageSize? size)
    {
        const string Key = "sample_size";
        if (!json.Contains(Key) || ReadSize(json) != size)
        {
            json.Set(Key, size switch
            {
                null => null,
                { } square when square.Height == square.Width => square.Height,
                { } sides => new[] { sides.Height, sides.Width },
            });
        }
    }

    private static IReadOnlyList<T> ReadTypes<T>(JsonConfig json, string key, IReadOnlyList<T> missing)
        where T : struct, Enum
    {
        if (!json.Contains(key))
        {
            return missing;
        }
        string known = string.Join(", ", Enum.GetNames<T>());
        return [.. json.GetStrings(key).Select(name => Enum.TryParse(name, out T type) && type.ToString() == name
            ? type
            : throw new InvalidDataException($"{json.Source}: \"{key}\" has \"{name}\"; expected some of {known}."))];
    }

    private static int? Optional(JsonConfig json, string key, int? missing) =>
        !json.Contains(key) ? missing : json.IsNull(key) ? null : json.GetInt32(key);

    // A number that the file has already stays as it is written there; whole: as Python writes the default, 0 or 1.
    private static void SetNumber(JsonConfig json, string key, double value, bool whole)
    {
        if (!json.Contains(key) || json.GetDouble(key) != value)
        {
            bool asWhole = whole && value == Math.Truncate(value) && Math.Abs(value) < long.MaxValue;
            json.Set(key, asWhole ? (object)(long)value : value);
        }
    }

    private static string NameOf<T>(Dictionary<string, T> names, T value)
        where T : struct, Enum =>
        names.First(pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Key;
}
