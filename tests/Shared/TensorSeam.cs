using System.Reflection;

namespace TestSupport;

/// <summary>What an assembly uses of the tensor layer, in the words of TorchSharp's listing.</summary>
internal static class TensorSeam
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>A line for each type and member used; what has none in a listing appears under its full name.</summary>
    public static SortedSet<string> LinesUsedBy(Assembly user, Assembly layer) => new(
        from type in user.GetTypes()
        from member in CodeUse.Of(type)
        where member.Module.Assembly == layer
        select Line(member), StringComparer.Ordinal);

    private static string Line(MemberInfo member) =>
        (member is Type type
            ? (type.IsVisible ? ApiRenderer.TypeLine(type) : null) : ApiRenderer.MemberLine(Whole(member)))
        ?? $"{member.DeclaringType}::{member} (not public)";

    // The property that a method reads or writes.
    private static MemberInfo Whole(MemberInfo member) =>
        member is MethodInfo { IsSpecialName: true } accessor
            ? accessor.DeclaringType!.GetProperties(
                Declared).FirstOrDefault(p => p.GetAccessors(true).Contains(accessor))
                ?? (MemberInfo)accessor
            : member;
}
