using System.Reflection;
using TestSupport;

namespace Diffusion.Sdk.Tests.Architecture;

// One folder, one namespace, one concern; arrows point down only.
public class LayeringTests
{
    private const string Root = "Diffusion.Sdk";

    /// <summary>
    /// What each concern may use. Pipelines and training stand on one level, and so do the six below them. On a level,
    /// only these arrows are needed: training ends by making a pipeline of what it trained; schedulers and denoisers
    /// read and write their configs. Schedulers know no denoiser and denoisers no scheduler: both meet in training and
    /// pipelines only.
    /// </summary>
    private static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["Numerics"] = [],
        ["Files"] = ["Numerics"],
        ["Data"] = ["Numerics"],
        ["Metrics"] = ["Numerics", "Files", "Data"],
        ["Schedulers"] = ["Numerics", "Files"],
        ["Denoisers"] = ["Numerics", "Files"],
        ["Pipelines"] = ["Numerics", "Files", "Data", "Metrics", "Schedulers", "Denoisers"],
        ["Training"] = ["Numerics", "Files", "Data", "Metrics", "Schedulers", "Denoisers", "Pipelines"],
        ["DependencyInjection"] =
            ["Numerics", "Files", "Data", "Metrics", "Schedulers", "Denoisers", "Pipelines", "Training"],
    };

    private static readonly Assembly s_sdk = Assembly.Load(Root);

    [Fact]
    public void Concerns_ByTheirCode_UseOnlyWhatStandsBelowThem()
    {
        string[] wrong = [.. (
            from type in s_sdk.GetTypes()
            let concern = Concern(type)
            where concern is not null
            from used in CodeUse.Of(type).OfType<Type>()
            where used.Assembly == s_sdk
            let other = Concern(used)
            where other is not null && other != concern && !s_mayUse[concern].Contains(other)
            select $"{concern} -> {other}: {type.FullName} uses {used.FullName}").Distinct().Order()];

        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Types_ByNamespace_BelongToAConcern()
    {
        string[] homeless = [.. s_sdk.GetTypes()
            .Where(type => type.Namespace?.StartsWith(Root, StringComparison.Ordinal) == true)
            .Where(type => Concern(type) is not string concern || !s_mayUse.ContainsKey(concern))
            .Select(type => type.FullName!)];

        Assert.True(homeless.Length == 0, $"In no folder of design.md: {string.Join(", ", homeless)}");
    }

    [Fact]
    public void DependencyInjection_Alone_SeesTheServiceCollection()
    {
        string[] wrong = [.. (
            from type in s_sdk.GetTypes()
            where Concern(type) is not (null or "DependencyInjection")
            from used in CodeUse.Of(type).OfType<Type>()
            where used.Namespace?.StartsWith(
                "Microsoft.Extensions.DependencyInjection", StringComparison.Ordinal) == true
            select $"{type.FullName} uses {used.FullName}").Distinct()];

        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Scan_OfAMethodBody_SeesWhatOnlyTheBodyNames() =>
        Assert.Contains(typeof(System.Text.StringBuilder), CodeUse.Of(typeof(NamesItInItsBody)).OfType<Type>());

    // The folder right below the root; null for types that the compiler puts elsewhere.
    private static string? Concern(Type type) =>
        type.Namespace?.StartsWith(Root + ".", StringComparison.Ordinal) == true
            ? type.Namespace[(Root.Length + 1)..].Split('.')[0]
            : null;

    private static class NamesItInItsBody
    {
        public static int Length() => new System.Text.StringBuilder("seen").Length;
    }
}
