using System.Globalization;
using Diffusion.Sdk.Files;
using FsCheck;
using FsCheck.Fluent;

namespace Diffusion.Sdk.Tests.Files;

public sealed class JsonConfigTests
{
    private static readonly Dictionary<string, DayOfWeek> s_days = new()
    {
        ["mon"] = DayOfWeek.Monday,
        ["tue"] = DayOfWeek.Tuesday,
    };

    public static TheoryData<string> RecordedFiles =>
        new(GoldenFiles.Find("*config.json").Concat(GoldenFiles.Find("model_index.json")));

    [Theory]
    [MemberData(nameof(RecordedFiles))]
    public void LoadAndSave_RecordedFile_GivesTheSameBytes(string path)
    {
        using var folder = new TemporaryFolder();

        JsonConfig config = JsonConfig.Load(GoldenFiles.Path(path));
        config.Save(folder.File("copy.json"));

        Assert.Equal(File.ReadAllBytes(GoldenFiles.Path(path)), File.ReadAllBytes(folder.File("copy.json")));
    }

    [Fact]
    public void Getters_RecordedConfig_ReadEveryKind()
    {
        JsonConfig unet = JsonConfig.Load(GoldenFiles.Path("pipelines/ddpm/unet/config.json"));
        JsonConfig scheduler = JsonConfig.Load(
            GoldenFiles.Path("schedulers/dpmpp_order2_karras/scheduler_config.json"));

        Assert.Equal("UNet2DModel", unet.GetString("_class_name"));
        Assert.Equal(1e-5, unet.GetDouble("norm_eps"));
        Assert.Equal(0.0, unet.GetDouble("freq_shift")); // written as 0
        Assert.True(unet.GetBoolean("flip_sin_to_cos"));
        Assert.All(unet.GetInt64s("block_out_channels"), channels => Assert.True(channels > 0));
        Assert.All(unet.GetStrings("down_block_types"), type => Assert.EndsWith("2D", type, StringComparison.Ordinal));
        Assert.True(unet.IsNull("class_embed_type"));
        Assert.Equal(double.NegativeInfinity, scheduler.GetDouble("lambda_min_clipped"));
        Assert.Equal(1000, scheduler.GetInt32("num_train_timesteps"));
    }

    [Fact]
    public void Getters_MissingKey_GiveTheDefaultOrSayWhichIsMissing()
    {
        JsonConfig config = JsonConfig.Parse("{}", "a.json");

        Assert.Equal(7, config.GetInt32("k", 7));
        Assert.Equal(7, config.GetInt64("k", 7));
        Assert.Equal(0.5, config.GetDouble("k", 0.5));
        Assert.True(config.GetBoolean("k", true));
        Assert.Equal("x", config.GetString("k", "x"));
        Assert.Equal(DayOfWeek.Monday, config.GetEnum("k", s_days, DayOfWeek.Monday));
        Assert.True(config.IsNull("k"));
        Action<JsonConfig>[] getters =
        [
            c => c.GetInt32("k"), c => c.GetInt64("k"), c => c.GetDouble("k"), c => c.GetBoolean("k"),
            c => c.GetString("k"), c => c.GetEnum("k", s_days), c => c.GetInt64s("k"), c => c.GetDoubles("k"),
            c => c.GetStrings("k"), c => c.GetObject("k"),
        ];
        Assert.All(getters, get =>
            Assert.Equal("a.json: \"k\" is missing.", Assert.Throws<InvalidDataException>(() => get(config)).Message));
    }

    [Fact]
    public void Getters_WrongType_SayFileKeyValueAndExpected()
    {
        JsonConfig config = JsonConfig.Parse(
            """{"text": "wed", "number": 1.5, "list": [1, "x", null], "big": 4294967296, "none": null}""", "a.json");

        AssertError("a.json: \"text\" is \"wed\"; expected a number.", () => config.GetDouble("text"));
        AssertError(
            "a.json: \"text\" is \"wed\"; expected one of \"mon\", \"tue\".", () => config.GetEnum("text", s_days));
        AssertError(
            "a.json: \"number\" is 1.5; expected one of \"mon\", \"tue\".", () => config.GetEnum("number", s_days));
        AssertError("a.json: \"number\" is 1.5; expected a whole number.", () => config.GetInt64("number"));
        AssertError("a.json: \"big\" is 4294967296; expected a whole number of 32 bits.", () => config.GetInt32("big"));
        AssertError("a.json: \"number\" is 1.5; expected true or false.", () => config.GetBoolean("number"));
        AssertError("a.json: \"number\" is 1.5; expected a string.", () => config.GetString("number"));
        AssertError("a.json: \"number\" is 1.5; expected a list.", () => config.GetDoubles("number"));
        AssertError("a.json: \"number\" is 1.5; expected an object.", () => config.GetObject("number"));
        AssertError("a.json: \"list\" is [ 1, \"x\", null ]; expected a number.", () => config.GetDouble("list"));
        AssertError("a.json: \"list[1]\" is \"x\"; expected a number.", () => config.GetDoubles("list"));
        AssertError("a.json: \"none\" is null; expected a number.", () => config.GetDouble("none", 1.0));
    }

    [Fact]
    public void SetRemoveClone_Any_KeepOrderAndOtherKeys()
    {
        JsonConfig config = JsonConfig.Parse("""{"b": 1e-5, "unknown": {"z": [1, 2.50], "a": -Infinity}, "a": true}""");

        config.Set("a", false);
        config.Set("c", new object?[] { 1, 2L, 0.1f, 0.1, "x", null, true });
        JsonConfig copy = config.Clone();
        copy.GetObject("unknown").Set("z", 1);
        Assert.True(config.Remove("b"));
        Assert.False(config.Remove("b"));

        Assert.Equal(["unknown", "a", "c"], config.Keys);
        Assert.Equal(["b", "unknown", "a", "c"], copy.Keys);
        Assert.Equal(["unknown"], config.UnknownKeys(["a", "c", "d"]));
        Assert.Equal(
            """
            {
              "unknown": {
                "z": [
                  1,
                  2.50
                ],
                "a": -Infinity
              },
              "a": false,
              "c": [
                1,
                2,
                0.10000000149011612,
                0.1,
                "x",
                null,
                true
              ]
            }

            """,
            config.ToJson(sortKeys: false));
        var error = Assert.Throws<ArgumentException>(() => config.Set("d", new Version()));
        Assert.StartsWith("A Version has no form in a configuration file.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToJson_TextsKeysAndEmptyValues_AreWrittenAsPythonDoes()
    {
        var config = new JsonConfig();
        config.Set("ü\u007f\U0001F600", "\"\\/\n\r\t\b\f\u0001");
        config.Set("~", Array.Empty<int>());
        config.Set("B", new JsonConfig());
        config.Set("a", null);
        config.Set("_", 1);

        // python3 -c 'import json; print(json.dumps({...}, indent=2, sort_keys=True))'
        Assert.Equal(
            """
            {
              "B": {},
              "_": 1,
              "a": null,
              "~": [],
              "\u00fc\u007f\ud83d\ude00": "\"\\/\n\r\t\b\f\u0001"
            }

            """,
            config.ToJson());
        Assert.Equal(config.ToJson(), JsonConfig.Parse(config.ToJson()).ToJson());
    }

    [Theory]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(0.00012345, "0.00012345")]
    [InlineData(1.0, "1.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(123456789.125, "123456789.125")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(-1.5e300, "-1.5e+300")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void Set_Double_IsWrittenAsPythonsRepr(double value, string expected)
    {
        var config = new JsonConfig();
        config.Set("k", value);

        Assert.Equal($"{{\n  \"k\": {expected}\n}}\n", config.ToJson());
        Assert.Equal(value, JsonConfig.Parse(config.ToJson()).GetDouble("k"));
    }

    [Fact]
    public void SetAndParse_AnyDouble_GivesTheSameDoubleInFewestDigits() => Prop.ForAll(
        ArbMap.Default.ArbFor<double>(),
        value =>
        {
            var config = new JsonConfig();
            config.Set("k", value);
            string json = config.ToJson();
            double back = JsonConfig.Parse(json).GetDouble("k");
            int digits = json.Split('e')[0].Count(char.IsAsciiDigit);
            int most = Math.Max(19, value.ToString("R", CultureInfo.InvariantCulture).Length + 3);
            return back.Equals(value) && (!double.IsFinite(value) || digits <= most);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void SetAndParse_AnyString_Survives() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>().Filter(text => text is not null),
        text =>
        {
            var config = new JsonConfig();
            config.Set(text, text);
            return JsonConfig.Parse(config.ToJson()).GetString(text) == text && config.ToJson().All(char.IsAscii);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", 1, 1, "an object must begin with '{'")]
    [InlineData("[1]", 1, 1, "an object must begin with '{'")]
    [InlineData("{\n  \"a\": 1\n} x", 3, 3, "nothing may follow the object")]
    [InlineData("{\"a\" 1}", 1, 6, "':' is expected")]
    [InlineData("{\"a\": 1 \"b\": 2}", 1, 9, "',' is expected")]
    [InlineData("{\"a\": 1,}", 1, 9, "a key in quotes is expected")]
    [InlineData("{\"a\": 1,\n \"a\": 2}", 2, 2, "the key \"a\" occurs twice")]
    [InlineData("{\"a\": }", 1, 7, "a value is expected")]
    [InlineData("{\"a\": nil}", 1, 7, "a value is expected")]
    [InlineData("{\"a\": 01}", 1, 9, "a number may not begin with 0")]
    [InlineData("{\"a\": 1.}", 1, 9, "a digit is expected behind the point")]
    [InlineData("{\"a\": 1e}", 1, 9, "a digit is expected in the exponent")]
    [InlineData("{\"a\": \"b", 1, 9, "a string must end before the line does")]
    [InlineData("{\"a\": \"\\x\"}", 1, 9, "an unknown escape")]
    [InlineData("{\"a\": \"\\u12\"}", 1, 9, "four hexadecimal digits are expected behind \\u")]
    public void Parse_BrokenText_SaysLineColumnAndWhat(string json, int line, int column, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => JsonConfig.Parse(json, "a.json"));

        Assert.Equal($"a.json, line {line}, column {column}: {message}.", error.Message);
    }

    [Fact]
    public void Parse_TooDeep_IsRejected()
    {
        string json = "{\"a\": " + new string('[', 100_000);

        var error = Assert.Throws<InvalidDataException>(() => JsonConfig.Parse(json));

        Assert.Contains("more than 64 levels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_RecordedTextCutAnywhere_IsRejected()
    {
        string json = File.ReadAllText(GoldenFiles.Path("pipelines/ddpm/unet/config.json")).TrimEnd();

        for (int length = 0; length < json.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => JsonConfig.Parse(json[..length]));
        }
    }

    [Fact]
    public void Load_NotUtf8OrByteOrderMark_IsRejectedOrSkipped()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("bad"), [.. "{\"a\": \""u8, 0xFF, .. "\"}"u8]);
        File.WriteAllBytes(folder.File("mark"), [0xEF, 0xBB, 0xBF, .. "{\"a\": 1}"u8]);

        var error = Assert.Throws<InvalidDataException>(() => JsonConfig.Load(folder.File("bad")));

        Assert.Contains("bad is not UTF-8 text", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, JsonConfig.Load(folder.File("mark")).GetInt32("a"));
    }

    private static void AssertError(string message, Action action) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(action).Message);
}
