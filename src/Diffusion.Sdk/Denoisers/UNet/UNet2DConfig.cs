using Diffusion.Sdk.Files;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// The architecture of a <see cref="UNet2DModel"/>; names, defaults and files are those of diffusers' UNet2DModel.
/// Immutable; change it by <c>with</c>. Levels are counted from the full image downwards.
/// </summary>
/// <remarks>Lists are copied in; record equality compares them by reference.</remarks>
public sealed partial record UNet2DConfig
{
    /// <summary>What <c>_class_name</c> says in config.json.</summary>
    public const string ClassName = nameof(UNet2DModel);

    /// <summary>
    /// Size of the images that pipelines make; the network takes any whose sides the levels can halve.
    /// </summary>
    /// <value>null: not said, so the network cannot be sampled from by a pipeline.</value>
    public ImageSize? SampleSize { get; init; }

    /// <summary>Channels of the input, at least 1.</summary>
    /// <value>3.</value>
    public int InChannels { get; init; } = 3;

    /// <summary>Channels of the output, at least 1.</summary>
    /// <value>3.</value>
    public int OutChannels { get; init; } = 3;

    /// <summary>Whether the input is in [0, 1] and taken to [-1, 1] first.</summary>
    /// <value>false.</value>
    public bool CenterInputSample { get; init; }

    /// <summary>How a timestep becomes numbers.</summary>
    /// <value><see cref="TimeEmbeddingType.Positional"/>.</value>
    public TimeEmbeddingType TimeEmbeddingType { get; init; }

    /// <summary>
    /// T, the rows of a learned time embedding, at least 1; needed there, and not used elsewhere.
    /// </summary>
    /// <value>null.</value>
    public int? NumTrainTimesteps { get; init; }

    /// <summary>Frequency shift of a positional time embedding, below half the first level's channels.</summary>
    /// <value>0.</value>
    public double FreqShift { get; init; }

    /// <summary>Whether a positional time embedding has its cosines first.</summary>
    /// <value>true.</value>
    public bool FlipSinToCos { get; init; } = true;

    /// <summary>The levels' blocks on the way down.</summary>
    /// <value>One <see cref="DownBlockType.DownBlock2D"/>, three with attention.</value>
    public IReadOnlyList<DownBlockType> DownBlockTypes
    {
        get;
        init => field = Array.AsReadOnly(value.ToArray());
    } =
    [
        DownBlockType.DownBlock2D, DownBlockType.AttnDownBlock2D, DownBlockType.AttnDownBlock2D,
        DownBlockType.AttnDownBlock2D,
    ];

    /// <summary>The levels' blocks on the way up: the first one belongs to the last level.</summary>
    /// <value>Three with attention, one <see cref="UpBlockType.UpBlock2D"/>.</value>
    public IReadOnlyList<UpBlockType> UpBlockTypes
    {
        get;
        init => field = Array.AsReadOnly(value.ToArray());
    } =
    [
        UpBlockType.AttnUpBlock2D, UpBlockType.AttnUpBlock2D, UpBlockType.AttnUpBlock2D, UpBlockType.UpBlock2D,
    ];

    /// <summary>Channels of each level; as many as there are blocks on each way.</summary>
    /// <value>224, 448, 672, 896.</value>
    public IReadOnlyList<int> BlockOutChannels { get; init => field = Array.AsReadOnly(value.ToArray()); } =
        [224, 448, 672, 896];

    /// <summary>ResNet blocks of a level on the way down, at least 1; on the way up it has one more.</summary>
    /// <value>2.</value>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>What the sums inside the middle block are divided by, above 0.</summary>
    /// <value>1.</value>
    public double MidBlockScaleFactor { get; init; } = 1;

    /// <summary>
    /// Padding of the halving convolutions, 0 or 1; 0 pads the right and the bottom alone.
    /// </summary>
    /// <value>1.</value>
    public int DownsamplePadding { get; init; } = 1;

    /// <summary>How <see cref="DownBlockType.AttnDownBlock2D"/> halves the image.</summary>
    /// <value><see cref="ResamplingType.Conv"/>.</value>
    public ResamplingType DownsampleType { get; init; }

    /// <summary>How <see cref="UpBlockType.AttnUpBlock2D"/> doubles the image.</summary>
    /// <value><see cref="ResamplingType.Conv"/>.</value>
    public ResamplingType UpsampleType { get; init; }

    /// <summary>
    /// The probability that training drops a value inside a ResNet block, in [0, 1). What is dropped comes from
    /// libtorch's own generator, so with more than 0 a resumed training is not the uninterrupted one bit for bit.
    /// </summary>
    /// <value>0.</value>
    public double Dropout { get; init; }

    /// <summary>
    /// The function inside ResNet blocks; the time network and the output have SiLU. Not
    /// <see cref="Activation.Tanh"/>, which diffusers does not know.
    /// </summary>
    /// <value><see cref="Activation.Silu"/>.</value>
    public Activation ActFn { get; init; } = Activation.Silu;

    /// <summary>Channels of one attention head, at least 1.</summary>
    /// <value>8. null: one head as wide as the level.</value>
    public int? AttentionHeadDim { get; init; } = 8;

    /// <summary>Groups of the norms, a divisor of the channels they see.</summary>
    /// <value>32. null: a quarter of the channels, at most 32; for skip blocks alone, which always do so.</value>
    public int? NormNumGroups { get; init; } = 32;

    /// <summary>Groups of the norm of the attention in the middle.</summary>
    /// <value>null: those of the ResNet blocks there, or no norm under
    /// <see cref="Denoisers.ResnetTimeScaleShift.ScaleShift"/>.</value>
    public int? AttnNormNumGroups { get; init; }

    /// <summary>What the norms add to the variance, above 0.</summary>
    /// <value>0.00001.</value>
    public double NormEps { get; init; } = 1e-5;

    /// <summary>How the time embedding enters a ResNet block.</summary>
    /// <value><see cref="Denoisers.ResnetTimeScaleShift.Default"/>.</value>
    public ResnetTimeScaleShift ResnetTimeScaleShift { get; init; }

    /// <summary>Whether there is attention in the middle.</summary>
    /// <value>true.</value>
    public bool AddAttention { get; init; } = true;

    /// <summary>How class labels become numbers.</summary>
    /// <value>null: by a table of <see cref="NumClassEmbeds"/> rows, or, without that, there are no labels.</value>
    public ClassEmbedType? ClassEmbedType { get; init; }

    /// <summary>Number of classes in the table of class embeddings, at least 1.</summary>
    /// <value>null: there is no table.</value>
    public int? NumClassEmbeds { get; init; }

    /// <summary>The diffusers release whose format the file has, <c>_diffusers_version</c>.</summary>
    /// <value>0.27.2, or what the loaded file says.</value>
    public string DiffusersVersion { get; init; } = "0.27.2";

    /// <summary>Width of the time embedding: four times the channels of the first level.</summary>
    public int TimeEmbedDim => 4 * BlockOutChannels[0];

    /// <summary>The file this was read from, whose other keys are written back as they were; or null.</summary>
    internal JsonConfig? File { get; init; }

    /// <summary>Reads config.json. A missing key keeps its default; unknown keys are kept and logged.</summary>
    /// <param name="json">The text.</param>
    /// <param name="logger">Is told about unknown keys.</param>
    /// <exception cref="InvalidDataException">
    /// The text is not the config of such a network, or a value is of a wrong type or range.
    /// </exception>
    public static UNet2DConfig FromJson(string json, ILogger? logger = null) =>
        UNet2DConfigFile.Read(JsonConfig.Parse(json, "UNet2DModel config"), logger);

    /// <summary>The text of config.json as diffusers writes it, with unknown keys of the loaded file.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public string ToJson()
    {
        Validate();
        return UNet2DConfigFile.Write(this).ToJson();
    }

    /// <summary>Checks every range and the rules between values.</summary>
    /// <exception cref="ArgumentException">
    /// A value is out of its range; the message names it, the value and what is expected.
    /// </exception>
    public void Validate() => UNet2DConfigRules.Check(this);
}
