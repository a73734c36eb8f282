using System.Reflection;
using System.Reflection.Emit;

namespace TestSupport;

/// <summary>What a type's code names: read from its signatures, attributes and the IL of its methods.</summary>
internal static class CodeUse
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private const int TwoByteLead = 0xFE;

    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>
    /// Types (with their type arguments, element types and outer types) and members; generic ones as defined.
    /// </summary>
    public static HashSet<MemberInfo> Of(Type type)
    {
        var found = new HashSet<MemberInfo>();
        AddType(found, type.BaseType);
        AddTypes(found, type.GetInterfaces());
        AddAttributes(found, type.GetCustomAttributesData());
        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            AddAttributes(found, member.GetCustomAttributesData());
            switch (member)
            {
                case FieldInfo field:
                    AddType(found, field.FieldType);
                    break;
                case MethodBase method:
                    AddMethod(found, method);
                    break;
                default:
                    break; // Properties and events are their accessors.
            }
        }
        return found;
    }

    /// <summary>The same for one method.</summary>
    public static HashSet<MemberInfo> OfMethod(MethodBase method)
    {
        var found = new HashSet<MemberInfo>();
        AddMethod(found, method);
        return found;
    }

    private static void AddMethod(HashSet<MemberInfo> found, MethodBase method)
    {
        AddTypes(found, method.GetParameters().Select(parameter => parameter.ParameterType));
        if (method is MethodInfo function)
        {
            AddType(found, function.ReturnType);
            AddMember(found, function.GetBaseDefinition());
        }
        if (method.GetMethodBody() is not MethodBody body)
        {
            return;
        }
        AddTypes(found, body.LocalVariables.Select(local => local.LocalType));
        Type[]? typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        Type[]? methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (int token in Tokens(body.GetILAsByteArray()!))
        {
            AddMember(found, method.Module.ResolveMember(token, typeArguments, methodArguments));
        }
    }

    private static void AddMember(HashSet<MemberInfo> found, MemberInfo? member)
    {
        if (member is Type type)
        {
            AddType(found, type);
            return;
        }
        if (member?.DeclaringType is not Type owner)
        {
            return;
        }
        AddType(found, owner);
        if (owner.IsArray)
        {
            return; // Accessors of arrays of several dimensions are made by the runtime.
        }
        if (member is MethodInfo { IsGenericMethod: true } generic)
        {
            AddTypes(found, generic.GetGenericArguments());
        }
        found.Add(Definition(member));
    }

    // The member of the generic type or method as it was written.
    private static MemberInfo Definition(MemberInfo member) => member switch
    {
        FieldInfo => member.Module.ResolveField(member.MetadataToken)!,
        MethodBase => member.Module.ResolveMethod(member.MetadataToken)!,
        _ => member,
    };

    private static void AddAttributes(HashSet<MemberInfo> found, IEnumerable<CustomAttributeData> attributes)
    {
        foreach (CustomAttributeData attribute in attributes)
        {
            AddMember(found, attribute.Constructor);
            foreach (CustomAttributeNamedArgument argument in attribute.NamedArguments)
            {
                AddMember(found, argument.MemberInfo is PropertyInfo property
                    ? property.SetMethod : argument.MemberInfo);
            }
        }
    }

    private static void AddTypes(HashSet<MemberInfo> found, IEnumerable<Type> types)
    {
        foreach (Type type in types)
        {
            AddType(found, type);
        }
    }

    private static void AddType(HashSet<MemberInfo> found, Type? type)
    {
        if (type is null || type.IsGenericParameter)
        {
            return;
        }
        if (type.HasElementType)
        {
            AddType(found, type.GetElementType());
            return;
        }
        if (type.IsConstructedGenericType)
        {
            AddTypes(found, type.GetGenericArguments());
            type = type.GetGenericTypeDefinition();
        }
        if (found.Add(type))
        {
            AddType(found, type.DeclaringType);
        }
    }

    // The metadata tokens among the operands.
    private static IEnumerable<int> Tokens(byte[] il)
    {
        int place = 0;
        while (place < il.Length)
        {
            short value = il[place++];
            if (value == TwoByteLead)
            {
                value = unchecked((short)(TwoByteLead << 8 | il[place++]));
            }
            OpCode code = s_opCodes[value];
            if (code.OperandType is OperandType.InlineField or OperandType.InlineMethod
                or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return BitConverter.ToInt32(il, place);
            }
            place += OperandSize(code, il, place);
        }
    }

    private static int OperandSize(OpCode code, byte[] il, int place) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, place),
        _ => 4,
    };
}
