using TorchSharp.Interop;

namespace TorchSharp;

// Indexing as in Python: numbers select, ranges slice, tensors gather, None adds a dimension, ... skips some.
public static partial class torch
{
    public partial class Tensor
    {
        private static readonly Operator s_index_Tensor = Operator.Find("aten::index", "Tensor");
        private static readonly Operator s_index_put_ = Operator.Find("aten::index_put_");
        private static readonly Operator s_slice_any = Operator.Find("aten::slice", "Tensor");

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, TensorIndex.Single(i1));
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(TensorIndex.Single(i1), TensorIndex.Single(i2));
            set => index_put_(value, TensorIndex.Single(i1), TensorIndex.Single(i2));
        }

        public Tensor index(params Tensor[] indices) => s_index_Tensor.Call(this, indices);

        public Tensor index(params TensorIndex[] indices)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor?[] gathered = View(indices, out Tensor view);
            Tensor result = gathered.Any(t => t is not null) ? s_index_Tensor.Call(view, gathered) : view;
            if (ReferenceEquals(result, this))
            {
                result = alias();
            }
            return result.MoveToOuterDisposeScope();
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) =>
            s_index_put_.CallInPlace(this, this, indices, value);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using Tensor scalar = full([], value, dtype, device);
            return index_put_(scalar, indices);
        }

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor?[] gathered = View(indices, out Tensor view);
            if (gathered.Any(t => t is not null))
            {
                s_index_put_.CallInPlace(view, view, gathered, value);
            }
            else
            {
                view.copy_(value);
            }
            return this;
        }

        // Applies every index but tensors as views; tensors are returned by the dimension of the view they gather from.
        private Tensor?[] View(TensorIndex[] indices, out Tensor view)
        {
            view = this;
            var gathered = new List<Tensor?>();
            int taken = indices.Count(
                i => i.Type is TensorIndex.Kind.Single or TensorIndex.Kind.Slice or TensorIndex.Kind.Tensor);
            long dim = 0;
            foreach (TensorIndex index in indices)
            {
                switch (index.Type)
                {
                    case TensorIndex.Kind.Single:
                        view = view.select(dim, index.StartIndexOrBoolOrSingle ?? 0);
                        continue;
                    case TensorIndex.Kind.Slice:
                        view = s_slice_any.Call(
                            view, dim, index.StartIndexOrBoolOrSingle, index.StopIndex, index.Step ?? 1);
                        break;
                    case TensorIndex.Kind.Null or TensorIndex.Kind.None:
                        view = view.unsqueeze(dim);
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        long skipped = ndim - taken;
                        gathered.AddRange(Enumerable.Repeat<Tensor?>(null, (int)skipped));
                        dim += skipped;
                        continue;
                    case TensorIndex.Kind.Tensor:
                        gathered.Add(index.Indices);
                        dim++;
                        continue;
                    case TensorIndex.Kind.Bool:
                        view = view.unsqueeze(dim);
                        gathered.Add(tensor(index.StartIndexOrBoolOrSingle == 1).unsqueeze(0));
                        dim++;
                        continue;
                }
                gathered.Add(null);
                dim++;
            }
            return [.. gathered];
        }
    }
}
