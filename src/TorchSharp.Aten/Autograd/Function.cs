using System.Runtime.InteropServices;
using System.Text;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>
        /// An operation whose gradient is written by hand; see <see cref="SingleTensorFunction{T}"/>.
        /// </summary>
        /// <typeparam name="T">The deriving class itself.</typeparam>
        public abstract class Function<T>
            where T : Function<T>, new()
        {
            protected Function()
            {
            }

            public abstract string Name { get; }

            /// <summary>
            /// Runs the forward pass unrecorded and ties its outputs to the tensors among <paramref name="vars"/>.
            /// </summary>
            public static List<Tensor> apply_internal(params object[] vars)
            {
                var function = new T();
                var context = new AutogradContext();
                List<Tensor> outputs;
                using (no_grad())
                {
                    outputs = function.RunForward(context, vars);
                    for (int k = 0; k < outputs.Count; k++)
                    {
                        nint output = outputs[k].Handle;
                        if (Array.Exists(vars, v => v is Tensor input && input.Handle == output))
                        {
                            outputs[k] = outputs[k].alias(); // An input handed through needs a history of its own.
                        }
                    }
                }
                if (is_grad_enabled() && Array.Exists(vars, v => v is Tensor { requires_grad: true }))
                {
                    context.CutHistoryOf(outputs);
                    new BackwardNode(function.RunBackward, context, vars, outputs, function.Name)
                        .Attach(vars, outputs);
                }
                else
                {
                    context.Dispose();
                }
                return outputs;
            }

            internal abstract List<Tensor> RunForward(AutogradContext context, object[] vars);

            internal abstract List<Tensor> RunBackward(AutogradContext context, List<Tensor> gradients);
        }

        /// <summary>A hand-written operation with one output.</summary>
        /// <typeparam name="T">The deriving class itself.</typeparam>
        public abstract class SingleTensorFunction<T> : Function<T>
            where T : SingleTensorFunction<T>, new()
        {
            protected SingleTensorFunction()
            {
            }

            public static Tensor apply(params object[] vars) => apply_internal(vars)[0];

            public abstract Tensor forward(AutogradContext ctx, params object[] vars);

            /// <returns>
            /// One gradient for each of the vars of forward; null for what is no tensor or needs none.
            /// </returns>
            public abstract List<Tensor> backward(AutogradContext ctx, Tensor grad_output);

            internal override List<Tensor> RunForward(AutogradContext context, object[] vars) =>
                [forward(context, vars)];

            internal override List<Tensor> RunBackward(AutogradContext context, List<Tensor> gradients) =>
                backward(context, gradients[0]);
        }

        /// <summary>A hand-written operation with several outputs.</summary>
        /// <typeparam name="T">The deriving class itself.</typeparam>
        public abstract class MultiTensorFunction<T> : Function<T>
            where T : MultiTensorFunction<T>, new()
        {
            protected MultiTensorFunction()
            {
            }

            public static List<Tensor> apply(params object[] vars) => apply_internal(vars);

            public abstract List<Tensor> forward(AutogradContext ctx, params object[] vars);

            /// <returns>
            /// One gradient for each of the vars of forward; null for what is no tensor or needs none.
            /// </returns>
            public abstract List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs);

            internal override List<Tensor> RunForward(AutogradContext context, object[] vars) => forward(context, vars);

            internal override List<Tensor> RunBackward(AutogradContext context, List<Tensor> gradients) =>
                backward(context, gradients);
        }

        /// <summary>The managed half of a native autograd node.</summary>
        private sealed class BackwardNode(
            Func<AutogradContext, List<Tensor>, List<Tensor>> backward, AutogradContext context, object[] vars,
            IReadOnlyList<Tensor> outputs, string name)
        {
            private readonly int[] _slots = Where(outputs.Count, k => context.IsDifferentiable(outputs[k]));
            private readonly (long[] Shape, ScalarType Type, Device Device)[] _zeros =
                [.. outputs.Select(output => (output.shape, output.dtype, output.device))];
            private readonly int[] _tensorVars = Where(vars.Length, k => vars[k] is Tensor);
            private readonly int _varCount = vars.Length;

            // What the node holds must not hold it, so vars and outputs are seen here but not kept.
            public unsafe void Attach(object[] vars, List<Tensor> outputs)
            {
                Span<nint> ins = stackalloc nint[_tensorVars.Length], outs = stackalloc nint[_slots.Length];
                for (int k = 0; k < ins.Length; k++)
                {
                    ins[k] = ((Tensor)vars[_tensorVars[k]]).Handle;
                }
                for (int k = 0; k < outs.Length; k++)
                {
                    outs[k] = outputs[_slots[k]].Handle;
                }
                GCHandle self = GCHandle.Alloc(this);
                fixed (nint* i = ins, o = outs)
                {
                    int failed = Bridge.ab_attach_node(
                        i, ins.Length, o, outs.Length, &Backward, &Release, &Free, GCHandle.ToIntPtr(self),
                        out byte* error);
                    Bridge.Check(failed, error);
                }
                GC.KeepAlive(vars);
                GC.KeepAlive(outputs);
            }

            [UnmanagedCallersOnly]
            private static unsafe int Backward(
                nint self, nint* gradients, int n, nint* results, int resultCount, byte** error)
            {
                try
                {
                    var node = (BackwardNode)GCHandle.FromIntPtr(self).Target!;
                    node.Run(new ReadOnlySpan<nint>(gradients, n), new Span<nint>(results, resultCount));
                    return 0;
                }
#pragma warning disable CA1031 // Nothing may unwind into native code: the engine rethrows the text.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    byte[] text = Encoding.UTF8.GetBytes($"{exception.GetType().Name}: {exception.Message}\0");
                    *error = (byte*)NativeMemory.Alloc((nuint)text.Length);
                    text.CopyTo(new Span<byte>(*error, text.Length));
                    return 1;
                }
            }

            [UnmanagedCallersOnly]
            private static void Release(nint self) =>
                ((BackwardNode)GCHandle.FromIntPtr(self).Target!).Context.Dispose();

            [UnmanagedCallersOnly]
            private static void Free(nint self)
            {
                GCHandle handle = GCHandle.FromIntPtr(self);
                ((BackwardNode)handle.Target!).Context.Dispose();
                handle.Free();
            }

            private AutogradContext Context => context;

            private static int[] Where(int count, Predicate<int> holds)
            {
                Span<int> found = stackalloc int[count];
                int n = 0;
                for (int k = 0; k < count; k++)
                {
                    if (holds(k))
                    {
                        found[n++] = k;
                    }
                }
                return found[..n].ToArray();
            }

            private void Run(ReadOnlySpan<nint> gradients, Span<nint> results)
            {
                using DisposeScope scope = NewDisposeScope();
                var given = new List<Tensor>(new Tensor[_zeros.Length]);
                for (int k = 0; k < gradients.Length; k++)
                {
                    given[_slots[k]] = gradients[k] == 0 ? null! : new Tensor(gradients[k]);
                }
                for (int k = 0; k < given.Count && context.MaterializeGrads; k++)
                {
                    given[k] ??= zeros(_zeros[k].Shape, _zeros[k].Type, _zeros[k].Device);
                }
                List<Tensor> found = backward(context, given);
                if (found.Count != _varCount)
                {
                    throw new InvalidOperationException(
                        $"backward of {name} returned {found.Count} gradients, but forward took {_varCount} "
                        + "arguments.");
                }
                for (int k = 0; k < results.Length; k++)
                {
                    results[k] = found[_tensorVars[k]] is Tensor gradient ? Bridge.ab_tensor_alias(gradient.Handle) : 0;
                }
            }
        }
    }
}
