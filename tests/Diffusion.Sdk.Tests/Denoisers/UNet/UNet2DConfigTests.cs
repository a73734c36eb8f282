using Diffusion.Sdk.Denoisers;

namespace Diffusion.Sdk.Tests.Denoisers;

public sealed class UNet2DConfigTests
{
    [Fact]
    public void Defaults_ToJson_AreThoseOfDiffusers() => Assert.Equal(
        """
        {
          "_class_name": "UNet2DModel",
          "_diffusers_version": "0.27.2",
          "act_fn": "silu",
          "add_attention": true,
          "attention_head_dim": 8,
          "attn_norm_num_groups": null,
          "block_out_channels": [
            224,
            448,
            672,
            896
          ],
          "center_input_sample": false,
          "class_embed_type": null,
          "down_block_types": [
            "DownBlock2D",
            "AttnDownBlock2D",
            "AttnDownBlock2D",
            "AttnDownBlock2D"
          ],
          "downsample_padding": 1,
          "downsample_type": "conv",
          "dropout": 0.0,
          "flip_sin_to_cos": true,
          "freq_shift": 0,
          "in_channels": 3,
          "layers_per_block": 2,
          "mid_block_scale_factor": 1,
          "norm_eps": 1e-05,
          "norm_num_groups": 32,
          "num_class_embeds": null,
          "num_train_timesteps": null,
          "out_channels": 3,
          "resnet_time_scale_shift": "default",
          "sample_size": null,
          "time_embedding_type": "positional",
          "up_block_types": [
            "AttnUpBlock2D",
            "AttnUpBlock2D",
            "AttnUpBlock2D",
            "UpBlock2D"
          ],
          "upsample_type": "conv"
        }

        """, new UNet2DConfig().ToJson());

    [Fact]
    public void FromJson_MissingKeys_KeepDefaults()
    {
        UNet2DConfig config = UNet2DConfig.FromJson("""{ "_class_name": "UNet2DModel", "sample_size": 32 }""");

        Assert.Equal(new ImageSize(32, 32), config.SampleSize);
        Assert.Equal(new UNet2DConfig { SampleSize = 32 }.ToJson(), config.ToJson());
    }

    [Fact]
    public void ToJson_LoadedFile_KeepsUnknownKeysAndHowNumbersAreWritten()
    {
        string json = UNet2DConfig.SmallCpu.ToJson()
            .Replace("\"dropout\": 0.0", "\"dropout\": 0", StringComparison.Ordinal)
            .Replace("\"mid_block_scale_factor\": 1,", "\"mid_block_scale_factor\": 1.0,", StringComparison.Ordinal)
            .Replace("\"sample_size\": 28,", "\"sample_size\": [\n    28,\n    28\n  ],", StringComparison.Ordinal)
            .Replace("\"out_channels\"", "\"optimization_step\": 4,\n  \"out_channels\"", StringComparison.Ordinal);

        UNet2DConfig config = UNet2DConfig.FromJson(json);

        Assert.Equal(json, config.ToJson());
        Assert.Contains("\"dropout\": 0.1,", (config with { Dropout = 0.1 }).ToJson());
    }

    [Theory]
    [InlineData("\"_class_name\": \"UNet2DConditionModel\"", "\"UNet2DConditionModel\"; expected \"UNet2DModel\"")]
    [InlineData("\"act_fn\": \"snake\"", "act_fn")]
    [InlineData("\"act_fn\": \"tanh\"", "act_fn")]
    [InlineData("\"block_out_channels\": [32, 64]", "DownBlockTypes is 4 blocks; expected 2, one per level")]
    [InlineData("\"block_out_channels\": 32", "block_out_channels")]
    [InlineData("\"down_block_types\": [\"DownBlock3D\"]", "\"DownBlock3D\"; expected some of DownBlock2D, ")]
    [InlineData("\"down_block_types\": [\"0\"]", "\"0\"; expected some of")]
    [InlineData("\"downsample_padding\": 2", "DownsamplePadding is 2; expected 0 or 1")]
    [InlineData("\"dropout\": 1.0", "Dropout is 1; expected in [0, 1)")]
    [InlineData("\"layers_per_block\": 0", "LayersPerBlock is 0; expected at least 1")]
    [InlineData("\"norm_num_groups\": 48", "NormNumGroups is 48; expected a divisor of each level's")]
    [InlineData("\"attn_norm_num_groups\": 9", "AttnNormNumGroups is 9; expected a divisor")]
    [InlineData("\"attention_head_dim\": 512", "AttentionHeadDim is 512; expected at most 448")]
    [InlineData("\"norm_num_groups\": null", "NormNumGroups is null; expected a number")]
    [InlineData("\"resnet_time_scale_shift\": \"spatial\"", "resnet_time_scale_shift")]
    [InlineData("\"sample_size\": [1, 2, 3]", "sample_size")]
    [InlineData("\"sample_size\": \"big\"", "sample_size")]
    [InlineData("\"time_embedding_type\": \"learned\"", "NumTrainTimesteps")]
    [InlineData("\"class_embed_type\": \"table\"", "class_embed_type")]
    public void FromJson_BadValue_SaysWhichAndWhatIsExpected(string entry, string expected)
    {
        bool named = entry.Contains("_class_name", StringComparison.Ordinal);
        string name = named ? "" : "\"_class_name\": \"UNet2DModel\", ";

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(
            () => UNet2DConfig.FromJson($"{{ {name}{entry} }}")).Message);
    }

    [Fact]
    public void Validate_SkipBlocksOfOneChannel_SaysThatTheyNeedThree()
    {
        UNet2DConfig config = UNet2DConfig.SmallCpu with
        {
            DownBlockTypes = [DownBlockType.DownBlock2D, DownBlockType.DownBlock2D, DownBlockType.SkipDownBlock2D],
        };

        Assert.Contains("InChannels is 1", Assert.Throws<ArgumentOutOfRangeException>(config.Validate).Message);
    }
}
