namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// One place of an index: <c>x[TensorIndex.Ellipsis, 0]</c>, <c>x[TensorIndex.Slice(1, 3)]</c>, <c>x[1..3]</c>.
    /// </summary>
    public readonly struct TensorIndex
    {
        internal enum Kind
        {
            None,
            Null,
            Ellipsis,
            Bool,
            Single,
            Slice,
            Tensor,
        }

        public static readonly TensorIndex None = new(Kind.None);

        public static readonly TensorIndex Null = new(Kind.Null);

        public static readonly TensorIndex Ellipsis = new(Kind.Ellipsis);

        public static readonly TensorIndex Colon = new(Kind.Slice);

        private TensorIndex(
            Kind kind, long? start = null, long? stop = null, long? step = null, Tensor? tensor = null) =>
            (Type, StartIndexOrBoolOrSingle, StopIndex, Step, Indices) = (kind, start, stop, step, tensor);

        internal Kind Type { get; }

        internal long? StartIndexOrBoolOrSingle { get; }

        internal long? StopIndex { get; }

        internal long? Step { get; }

        internal Tensor? Indices { get; }

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new(Kind.Slice, start, stop, step);

        public static TensorIndex Slice(Range range) => range;

        public static TensorIndex Bool(bool value) => new(Kind.Bool, value ? 1 : 0);

        public static TensorIndex Single(long? index) => new(Kind.Single, index);

        public static TensorIndex Tensor(Tensor tensor) => new(Kind.Tensor, tensor: tensor);

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Index index) =>
            Single(index.IsFromEnd ? -index.Value : index.Value);

        public static implicit operator TensorIndex(Range range) => new(Kind.Slice,
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            range.End.IsFromEnd ? (range.End.Value == 0 ? null : -range.End.Value) : range.End.Value);
    }
}
