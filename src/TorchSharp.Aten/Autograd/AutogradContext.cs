namespace TorchSharp;

public static partial class torch
{
    public static partial class autograd
    {
        /// <summary>What a custom function remembers from its forward pass for its backward pass.</summary>
        public class AutogradContext : IDisposable
        {
            // Few: a list is smaller than a dictionary, and there is one of these for each call of a function.
            private readonly List<(string Key, object Value)> _data = new(2);
            private List<Tensor>? _nonDifferentiable;
            private List<Tensor>? _saved = new(0);

            internal AutogradContext()
            {
            }

            /// <summary>
            /// Whether an output without a gradient is handed to backward as zeros rather than as null.
            /// </summary>
            /// <value>true</value>
            public bool MaterializeGrads { get; private set; } = true;

            public void set_materialize_grads(bool value) => MaterializeGrads = value;

            public void save_data(string key, object value)
            {
                int place = IndexOf(key);
                if (place >= 0)
                {
                    _data[place] = (key, value);
                    return;
                }
                _data.Add((key, value));
            }

            /// <exception cref="KeyNotFoundException">Nothing was saved under the key.</exception>
            public object get_data(string key)
            {
                int place = IndexOf(key);
                return place >= 0
                    ? _data[place].Value
                    : throw new KeyNotFoundException($"Nothing was saved under the key \"{key}\".");
            }

            /// <summary>
            /// Keeps tensors until the backward pass has run; outputs are kept without their history.
            /// </summary>
            public void save_for_backward(List<Tensor> tensors)
            {
                Saved().EnsureCapacity(tensors.Count);
                foreach (Tensor tensor in tensors)
                {
                    Saved().Add(Alias(tensor).DetachFromDisposeScope());
                }
            }

            /// <exception cref="InvalidOperationException">The graph was freed by an earlier backward pass.</exception>
            public List<Tensor> get_saved_variables() => Saved();

            public void mark_non_differentiable(List<Tensor> tensors) =>
                (_nonDifferentiable ??= []).AddRange(tensors);

            /// <summary>Frees what was saved.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            internal bool IsDifferentiable(Tensor output) => _nonDifferentiable?.Contains(output) != true;

            // An output that the node holds would hold the node: its history is cut.
            internal void CutHistoryOf(IReadOnlyList<Tensor> outputs)
            {
                List<Tensor> saved = Saved();
                for (int k = 0; k < saved.Count; k++)
                {
                    if (Holds(outputs, saved[k]))
                    {
                        Tensor cut = saved[k].detach().DetachFromDisposeScope();
                        saved[k].Dispose();
                        saved[k] = cut;
                    }
                }
            }

            // Without a delegate, since every call of a function comes here.
            private int IndexOf(string key)
            {
                int place = _data.Count - 1;
                while (place >= 0 && _data[place].Key != key)
                {
                    place--;
                }
                return place;
            }

            private static bool Holds(IReadOnlyList<Tensor> outputs, Tensor saved)
            {
                for (int k = 0; k < outputs.Count; k++)
                {
                    if (outputs[k].Handle == saved.Handle)
                    {
                        return true;
                    }
                }
                return false;
            }

            protected virtual void Dispose(bool disposing)
            {
                foreach (Tensor tensor in _saved ?? [])
                {
                    tensor.Dispose();
                }
                _saved = null;
                _nonDifferentiable?.Clear();
            }

            private List<Tensor> Saved() => _saved ?? throw new InvalidOperationException(
                "The graph was freed by an earlier backward pass; set retain_graph to run it again.");
        }

        internal static Tensor Alias(Tensor tensor) => new(Interop.Bridge.ab_tensor_alias(tensor.Handle));
    }
}
