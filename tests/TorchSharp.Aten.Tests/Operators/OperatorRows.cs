using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

/// <summary>Rows of the operator table: a name and what it evaluates, written with collection initializers.</summary>
internal abstract class OperatorRows : IEnumerable<KeyValuePair<string, Func<Tensor[], Tensor[]>>>
{
    private readonly List<KeyValuePair<string, Func<Tensor[], Tensor[]>>> _rows = [];

    public void Add(string name, Func<Tensor, Tensor> row) => AddRow(name, x => [row(x[0])]);

    public void Add(string name, Func<Tensor, Tensor[]> row) => AddRow(name, x => row(x[0]));

    public void Add(string name, Func<Tensor, Tensor, Tensor> row) => AddRow(name, x => [row(x[0], x[1])]);

    public void Add(string name, Func<Tensor, Tensor, Tensor[]> row) => AddRow(name, x => row(x[0], x[1]));

    public void Add(string name, Func<Tensor, Tensor, Tensor, Tensor> row) =>
        AddRow(name, x => [row(x[0], x[1], x[2])]);

    public void Add(string name, Func<Tensor, Tensor, Tensor, Tensor, Tensor> row) =>
        AddRow(name, x => [row(x[0], x[1], x[2], x[3])]);

    public IEnumerator<KeyValuePair<string, Func<Tensor[], Tensor[]>>> GetEnumerator() => _rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Both results of an operator that has two.</summary>
    protected static Tensor[] Both((Tensor, Tensor) pair) => [pair.Item1, pair.Item2];

    /// <summary>The tensor after a change in place.</summary>
    protected static Tensor Put(Tensor tensor, Action<Tensor> change)
    {
        change(tensor);
        return tensor;
    }

    private void AddRow(string name, Func<Tensor[], Tensor[]> row) => _rows.Add(new(name, row));
}
