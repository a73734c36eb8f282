using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using TorchSharp.Aten;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// One operator of ATen's dispatcher, found by its schema name on first use. Trailing arguments may be left out:
/// the schema's defaults fill them in.
/// </summary>
internal sealed unsafe class Operator
{
    private const int ScratchBytes = 1024;
    private const int MaxListResults = 4096;

    private readonly string _name;
    private readonly string _overload;
    private nint _handle;

    private Operator(string name, string overload) => (_name, _overload) = (name, overload);

    /// <param name="name">Name with namespace, e.g. <c>aten::add</c>.</param>
    /// <param name="overload">Overload, e.g. <c>Tensor</c>; empty for the operator without one.</param>
    public static Operator Find(string name, string overload = "") => new(name, overload);

    /// <summary>Whether the libtorch in use has this operator.</summary>
    public bool Exists
    {
        get
        {
            try
            {
                return Handle != 0;
            }
            catch (AtenException)
            {
                return false;
            }
        }
    }

    private nint Handle => _handle != 0 ? _handle : Resolve();

    /// <summary>Calls an operator that returns one tensor.</summary>
    public Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return TensorOf(result);
    }

    /// <summary>
    /// Calls an in-place operator (or one with an <c>out</c> argument) and returns the tensor it changed.
    /// </summary>
    public Tensor CallInPlace(Tensor changed, params ReadOnlySpan<Argument> arguments)
    {
        Invoke(arguments, null, 0);
        return changed;
    }

    /// <summary>Calls an operator that returns several tensors or a list of them.</summary>
    public Tensor[] CallMany(params ReadOnlySpan<Argument> arguments)
    {
        Span<NativeValue> few = stackalloc NativeValue[8];
        bool manyMayCome = _name is "aten::split" or "aten::split_with_sizes" or "aten::unbind" or "aten::chunk";
        Span<NativeValue> results = manyMayCome ? new NativeValue[MaxListResults] : few;
        fixed (NativeValue* first = results)
        {
            int count = Invoke(arguments, first, results.Length);
            var tensors = new Tensor[count];
            for (int k = 0; k < count; k++)
            {
                tensors[k] = TensorOf(results[k]);
            }
            return tensors;
        }
    }

    /// <summary>Calls an operator that returns a number or a truth value.</summary>
    public double CallNumber(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        Invoke(arguments, &result, 1);
        return result.Tag == ValueTag.Double ? BitConverter.Int64BitsToDouble(result.Bits) : result.Bits;
    }

    public bool CallBool(params ReadOnlySpan<Argument> arguments) => CallNumber(arguments) != 0;

    private static Tensor TensorOf(in NativeValue value) =>
        value.Tag == ValueTag.Tensor && value.Bits != 0
            ? new Tensor((nint)value.Bits)
            : throw new AtenException("The operator returned no tensor.");

    private int Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results, int capacity)
    {
        int listBytes = ListBytes(arguments);
        byte* stack = stackalloc byte[ScratchBytes];
        fixed (byte* heap = listBytes > ScratchBytes ? new byte[listBytes] : null)
        {
            NativeValue* values = stackalloc NativeValue[arguments.Length];
            Marshal(arguments, values, heap != null ? heap : stack);
            OperatorProfile? profile = OperatorProfile.Current;
            long begin = profile is null ? 0 : Stopwatch.GetTimestamp();
            int failed = Bridge.ab_call(
                Handle, values, arguments.Length, results, capacity, out int count, out byte* error);
            profile?.Add(_name, begin);
            return failed == 0 ? count : throw Failure(arguments, error);
        }
    }

    private static int ListBytes(ReadOnlySpan<Argument> arguments)
    {
        int bytes = 0;
        foreach (ref readonly Argument argument in arguments)
        {
            bytes += argument.Tag switch
            {
                ValueTag.Ints => ((long[])argument.Reference!).Length * sizeof(long),
                ValueTag.Doubles => ((double[])argument.Reference!).Length * sizeof(double),
                ValueTag.Tensors => ((Tensor?[])argument.Reference!).Length * sizeof(nint),
                ValueTag.String => (Encoding.UTF8.GetByteCount((string)argument.Reference!) + 7) & ~7,
                _ => 0,
            };
        }
        return bytes;
    }

    // Lists and text are copied into scratch memory, since a managed array could move during the call.
    private static void Marshal(ReadOnlySpan<Argument> arguments, NativeValue* values, byte* scratch)
    {
        for (int k = 0; k < arguments.Length; k++)
        {
            ref readonly Argument argument = ref arguments[k];
            values[k] = new NativeValue { Tag = argument.Tag, Bits = argument.Bits };
            if (argument.Tag is not (ValueTag.Ints or ValueTag.Doubles or ValueTag.Tensors or ValueTag.String))
            {
                continue;
            }
            values[k].Bits = (long)scratch;
            switch (argument.Reference)
            {
                case long[] items:
                    items.CopyTo(new Span<long>(scratch, items.Length));
                    values[k].Count = items.Length;
                    scratch += items.Length * sizeof(long);
                    break;
                case double[] items:
                    items.CopyTo(new Span<double>(scratch, items.Length));
                    values[k].Count = items.Length;
                    scratch += items.Length * sizeof(double);
                    break;
                case string text:
                    int bytes = Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, Encoding.UTF8.GetByteCount(text)));
                    values[k].Count = bytes;
                    scratch += (bytes + 7) & ~7;
                    break;
                case Tensor?[] tensors:
                    for (int i = 0; i < tensors.Length; i++)
                    {
                        ((nint*)scratch)[i] = tensors[i] is Tensor tensor ? tensor.Handle : 0;
                    }
                    values[k].Count = tensors.Length;
                    scratch += tensors.Length * sizeof(nint);
                    break;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private nint Resolve()
    {
        Bridge.Check(Bridge.ab_find_operator(_name, _overload, out nint handle, out byte* error), error);
        return _handle = handle;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AtenException Failure(ReadOnlySpan<Argument> arguments, byte* error)
    {
        var shown = new string[arguments.Length];
        for (int k = 0; k < shown.Length; k++)
        {
            shown[k] = arguments[k].ToString();
        }
        return new AtenException(
            Bridge.TakeText(Bridge.ab_operator_schema(Handle)), string.Join(", ", shown), Bridge.TakeText(error));
    }
}
