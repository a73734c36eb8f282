using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator s_retain_grad = Operator.Find("aten::retain_grad");

        /// <summary>
        /// The gradient that backward left here; null when there is none. Every read makes a handle of its own.
        /// </summary>
        public unsafe Tensor? grad
        {
            get
            {
                Bridge.Check(Bridge.ab_tensor_grad(Handle, out nint grad, out byte* error), error);
                return grad == 0 ? null : new Tensor(grad);
            }
            set => Bridge.Check(Bridge.ab_tensor_set_grad(Handle, value?.Handle ?? 0, out byte* error), error);
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        /// <summary>Adds the gradients of this scalar to every leaf that it depends on.</summary>
        public void backward() => autograd.backward(this, (IList<Tensor>?)null);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            autograd.backward(this, grad_tensors, retain_graph, create_graph, inputs);

        /// <summary>Keeps the gradient of a tensor that is no leaf.</summary>
        public void retain_grad() => s_retain_grad.CallInPlace(this, this);
    }
}
