using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Turns recording off until disposed, on this thread.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    /// <summary>
    /// Like <see cref="no_grad"/>, and tensors made meanwhile can never be recorded: a little faster.
    /// </summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_grad_enabled() => Bridge.ab_grad_enabled() != 0;

    public static bool is_inference_mode_enabled() => Bridge.ab_inference_enabled() != 0;

    /// <summary>Gradients.</summary>
    public static partial class autograd
    {
        /// <summary>
        /// Gradients of the sum of <paramref name="outputs"/>, weighted by <paramref name="grad_outputs"/>, by each
        /// input.
        /// </summary>
        /// <returns>
        /// One tensor an input; null where an input was not used and <paramref name="allow_unused"/> is set.
        /// </returns>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false,
            bool create_graph = false, bool allow_unused = false)
        {
            nint[] outs = Handles(outputs), ins = Handles(inputs), weights = HandlesOrNone(grad_outputs, outputs.Count);
            var results = new nint[ins.Length];
            fixed (nint* o = outs, i = ins, w = weights, r = results)
            {
                Bridge.Check(Bridge.ab_grad(o, outs.Length, i, ins.Length, w, weights.Length, retain_graph ? 1 : 0,
                    create_graph ? 1 : 0, allow_unused ? 1 : 0, r, out byte* error), error);
            }
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, handle => handle == 0 ? null! : new Tensor(handle));
        }

        public static void backward(
            Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(
            Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        public static unsafe void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null)
        {
            nint[] outs = Handles(tensors), weights = HandlesOrNone(grad_tensors, tensors.Count);
            nint[] ins = inputs is null ? [] : Handles(inputs);
            int retain = retain_graph switch { null => -1, true => 1, false => 0 };
            fixed (nint* o = outs, w = weights, i = ins)
            {
                Bridge.Check(Bridge.ab_backward(o, outs.Length, w, weights.Length, retain, create_graph ? 1 : 0,
                    i, ins.Length, out byte* error), error);
            }
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        private static nint[] Handles(IList<Tensor> tensors)
        {
            var handles = new nint[tensors.Count];
            for (int k = 0; k < handles.Length; k++)
            {
                handles[k] = tensors[k].Handle;
            }
            return handles;
        }

        private static nint[] HandlesOrNone(IList<Tensor>? tensors, int count) =>
            tensors is null ? new nint[count] : Handles(tensors);
    }

    private sealed class GradMode : IDisposable
    {
        private readonly int _previous = Bridge.ab_grad_enabled();

        public GradMode(bool enabled) => Bridge.ab_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => Bridge.ab_set_grad_enabled(_previous);
    }

    private sealed class InferenceMode(bool mode) : IDisposable
    {
        private nint _guard = Bridge.ab_inference_enter(mode ? 1 : 0);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _guard, 0) is not 0 and var guard)
            {
                Bridge.ab_inference_leave(guard);
            }
        }
    }
}
