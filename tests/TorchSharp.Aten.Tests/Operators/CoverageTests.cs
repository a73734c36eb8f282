using System.Reflection;
using TestSupport;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

/// <summary>
/// Nothing public without a test: the rows of the operator table, and the tests of operators, modules and
/// optimizers, are read for the methods they call.
/// </summary>
public class CoverageTests
{
    private const BindingFlags Public =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] s_readFolders = ["Operators", "Modules", "Optim"];

    private static readonly Type[] s_surfaces = [.. typeof(Tensor).Assembly.GetTypes().Where(type => type.IsVisible
        && (type.Namespace == "TorchSharp.Modules"
            || type.FullName!.StartsWith("TorchSharp.torch+nn", StringComparison.Ordinal)
            || type.FullName.StartsWith("TorchSharp.torch+optim", StringComparison.Ordinal))),
        typeof(Tensor), typeof(torch), typeof(linalg), typeof(ModuleExtensionMethods)];

    // What those tests do not call by name, and what does.
    private static readonly Dictionary<string, string> s_elsewhere = new()
    {
        ["Dispose"] = "every test", ["DecoupleFromNativeHandle"] = "ModuleTests",
            ["DetachFromDisposeScope"] = "Scopes",
        ["set_num_interop_threads"] = "libtorch takes it once in a process, before any work",
        ["MoveToOtherDisposeScope"] = "Scopes", ["MoveToOuterDisposeScope"] = "Scopes", ["NewDisposeScope"] = "Scopes",
        ["WrappedTensorDisposeScope"] = "Scopes", ["GetEnumerator"] = "ContainerTests, through IEnumerable",
        ["Initialize"] = "add_param_group", ["LoadStateDict"] = "load_state_dict",
    };

    [Fact]
    public void PublicOperators_ComparedWithTheTests_AreAllExercised()
    {
        HashSet<MemberInfo> exercised = Exercised();

        string[] forgotten = [.. s_surfaces
            .SelectMany(surface => surface.GetMethods(Public))
            .Where(method => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
            .Where(method => method.GetBaseDefinition() == method) // An override is called under its base's name.
            .Where(method => !exercised.Contains(method) && !s_elsewhere.ContainsKey(method.Name))
            .Select(method => ApiRenderer.MemberLine(method)!)];

        Assert.True(forgotten.Length == 0, $"{forgotten.Length} without a test:\n{string.Join("\n", forgotten)}");
    }

    // What the tests call, and what the layer's own methods of those names hand on to.
    private static HashSet<MemberInfo> Exercised()
    {
        var found = new HashSet<MemberInfo>(Assembly.GetExecutingAssembly().GetTypes()
            .Where(type => s_readFolders.Contains(type.Namespace?.Split('.')[^1]))
            .SelectMany(CodeUse.Of)
            .Where(member => member.Module == typeof(Tensor).Module));
        ILookup<MethodInfo, MethodInfo> handsOnTo = s_surfaces
            .SelectMany(surface => surface.GetMethods(Public))
            .SelectMany(method => CodeUse.OfMethod(method).OfType<MethodInfo>()
                .Where(target => target.Name == method.Name)
                .Select(target => (method, target)))
            .ToLookup(pair => pair.method, pair => pair.target);
        var open = new Queue<MethodInfo>(found.OfType<MethodInfo>());
        while (open.TryDequeue(out MethodInfo? method))
        {
            foreach (MethodInfo target in handsOnTo[method].Where(found.Add))
            {
                open.Enqueue(target);
            }
        }
        return found;
    }
}
