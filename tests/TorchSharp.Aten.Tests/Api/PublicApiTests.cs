using System.Reflection;
using TestSupport;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Api;

public class PublicApiTests
{
    // What is ours alone.
    private const string OwnNamespace = "TorchSharp.Aten";

    [Fact]
    public void PublicSurface_ComparedWithTorchSharp_HasNothingOfItsOwn()
    {
        HashSet<string> listing = ApiListing.Load();

        List<string> strangers = [.. ApiRenderer
            .Lines(typeof(Tensor).Assembly, type => type.Namespace != OwnNamespace)
            .Where(line => !listing.Contains(line))];

        Assert.True(strangers.Count == 0,
            $"{strangers.Count} lines are not in TorchSharp 0.105.0:\n{string.Join("\n", strangers)}");
    }

    [Fact]
    public void Renderer_OnEachKindOfMember_WritesTheListingsWords()
    {
        HashSet<string> listing = ApiListing.Load();

        List<string> lines = [.. ApiRenderer.Lines(typeof(Tensor).Assembly, type => type.Namespace != OwnNamespace)];

        // The test above would pass on an empty surface: make sure that there is one, with every kind of line.
        Assert.True(lines.Count > 700, $"Only {lines.Count} lines.");
        foreach (string kind in new[] { "T enum", "T interface", "T static class", "T abstract class", "T sealed class",
            "M public static", "M public override", "M public abstract", "M protected", "M static",
            "M torch.nn.Reduction" })
        {
            Assert.Contains(lines, line => line.StartsWith(kind, StringComparison.Ordinal) && listing.Contains(line));
        }
    }

    [Theory]
    [InlineData(typeof(Broken), "M public void PublicApiTests.Broken.Call(int count = 3, params long[] rest)")]
    [InlineData(typeof(Broken), "M string PublicApiTests.Broken.Text { get; }")]
    [InlineData(typeof(Broken), "M protected virtual (int, string) PublicApiTests.Broken.Pair(out double? number)")]
    public void Renderer_OnAKnownType_WritesItsLines(Type type, string expected)
    {
        IEnumerable<string> lines = type.GetMembers(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Select(ApiRenderer.MemberLine).OfType<string>();

        Assert.Contains(expected, lines);
    }

    public class Broken
    {
        public string Text { get; private set; } = "";

        public void Call(int count = 3, params long[] rest) => Text = $"{count} {rest.Length}";

        protected internal virtual (int, string) Pair(out double? number)
        {
            number = null;
            return (1, Text);
        }

        private protected void Hidden() => Text = "";
    }
}
