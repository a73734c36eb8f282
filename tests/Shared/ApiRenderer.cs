using System.Globalization;
using System.Reflection;

namespace TestSupport;

/// <summary>
/// Writes types and members as one line each, in the words of <c>torchsharp-0.105.0.api.txt</c>: "T" for a type, "M"
/// for a member. The rules are those of the program that made the listing, oddities included, so that lines compare
/// equal.
/// </summary>
internal static class ApiRenderer
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, string> s_keywords = new()
    {
        ["System.Int32"] = "int", ["System.Int64"] = "long", ["System.Single"] = "float", ["System.Double"] = "double",
        ["System.Boolean"] = "bool", ["System.String"] = "string", ["System.Void"] = "void", ["System.Byte"] = "byte",
        ["System.SByte"] = "sbyte", ["System.Int16"] = "short", ["System.Object"] = "object",
        ["System.UInt64"] = "ulong", ["System.UInt32"] = "uint",
    };

    /// <summary>All lines of the types that other assemblies see.</summary>
    public static IEnumerable<string> Lines(Assembly assembly, Func<Type, bool> include) =>
        from type in assembly.GetTypes()
        where type.IsVisible && include(type)
        from line in MemberLines(type).Prepend(TypeLine(type))
        select line;

    /// <summary>The line of a type.</summary>
    public static string TypeLine(Type type)
    {
        string kind = Kind(type);
        bool showsBase = type.BaseType is not null && type.BaseType != typeof(object) && !type.IsValueType
            && kind != "delegate";
        return $"T {kind} {type.Namespace}::{Name(type)}{(showsBase ? " : " + Name(type.BaseType!) : "")}";
    }

    /// <summary>The line of a member, or null where other assemblies do not see it as a member of its own.</summary>
    public static string? MemberLine(MemberInfo member)
    {
        string type = Name(member.DeclaringType!);
        return member switch
        {
            ConstructorInfo made when !made.IsStatic && IsSeen(made) =>
                $"M {Access(made)} {type}..ctor({Parameters(made.GetParameters())})",
            MethodInfo method when IsSeen(method)
                && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
                $"M {Access(method)} {Modifier(method)}{Name(method.ReturnType)} {type}.{method.Name}{Generic(method)}"
                + $"({Parameters(method.GetParameters())})",
            PropertyInfo property when property.GetAccessors(true).Any(IsSeen) => PropertyLine(property, type),
            FieldInfo { IsLiteral: true, DeclaringType.IsEnum: true } field =>
                $"M {type}.{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
            FieldInfo { DeclaringType.IsEnum: true } => null,
            FieldInfo field when field.IsPublic || field.IsFamily =>
                $"M {(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {type}.{field.Name}",
            EventInfo happening => $"M event {Name(happening.EventHandlerType!)} {type}.{happening.Name}",
            _ => null,
        };
    }

    private static IEnumerable<string> MemberLines(Type type) =>
        type.GetMembers(Declared).Select(MemberLine).OfType<string>();

    private static string PropertyLine(PropertyInfo property, string type)
    {
        MethodInfo[] accessors = [.. property.GetAccessors(true).Where(IsSeen)];
        ParameterInfo[] indices = property.GetIndexParameters();
        string index = indices.Length > 0 ? $"[{Parameters(indices)}]" : "";
        string words = string.Join(
            " ", accessors.Select(a => a.Name.StartsWith("get_", StringComparison.Ordinal) ? "get;" : "set;"));
        string modifier = accessors[0].IsStatic ? "static " : "";
        return $"M {modifier}{Name(property.PropertyType)} {type}.{property.Name}{index} {{ {words} }}";
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsValueType ? "struct"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type.IsAbstract && type.IsSealed ? "static class"
        : (type.IsAbstract ? "abstract " : "") + (type.IsSealed ? "sealed " : "") + "class";

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "public" : "protected";

    private static string Modifier(MethodInfo method) =>
        method.IsStatic ? "static "
        : method.IsAbstract ? "abstract "
        : !method.IsVirtual || method.IsFinal ? ""
        : method.GetBaseDefinition() != method ? "override " : "virtual ";

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string reference = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "";
        string rest = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        return $"{reference}{rest}{Name(parameter.ParameterType)} {parameter.Name}{Default(parameter)}";
    }

    private static string Default(ParameterInfo parameter)
    {
        if (!parameter.HasDefaultValue)
        {
            return "";
        }
        bool isPlainStruct = parameter.ParameterType.IsValueType
            && Nullable.GetUnderlyingType(parameter.ParameterType) is null;
        bool isDefault = parameter.RawDefaultValue is null && isPlainStruct;
        return isDefault ? " = default" : " = " + Value(parameter.DefaultValue);
    }

    private static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        Enum choice => $"{choice.GetType().Name}.{choice}",
        float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }
        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }
        if (type.IsGenericParameter)
        {
            return type.Name;
        }
        if (Nullable.GetUnderlyingType(type) is Type underlying)
        {
            return Name(underlying) + "?";
        }
        return s_keywords.TryGetValue(type.FullName ?? "", out string? keyword) ? keyword : LongName(type);
    }

    private static string LongName(Type type)
    {
        Type[] arguments = type.GetGenericArguments();
        // A tuple of open types has no full name, so the listing spells it out.
        if (type.FullName?.StartsWith("System.ValueTuple", StringComparison.Ordinal) == true)
        {
            return $"({string.Join(", ", arguments.Select(Name))})";
        }
        string name = type.Name.Split('`')[0];
        if (type.DeclaringType is Type outer)
        {
            name = $"{OuterName(outer)}.{name}";
            arguments = arguments[outer.GetGenericArguments().Length..];
        }
        return arguments.Length > 0 ? $"{name}<{string.Join(", ", arguments.Select(Name))}>" : name;
    }

    private static string OuterName(Type type) =>
        type.DeclaringType is Type outer ? $"{OuterName(outer)}.{type.Name}" : type.Name;
}
