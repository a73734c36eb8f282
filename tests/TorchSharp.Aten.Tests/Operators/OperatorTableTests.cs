using System.Text.Json.Serialization;
using TorchSharp.Aten.Tests.Recorded;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

/// <summary>
/// Every operator against PyTorch: values and gradients recorded by <c>Recorded/operators.py</c>, a case and a row
/// of the same name for each.
/// </summary>
public class OperatorTableTests : TensorTest
{
    private const double Tolerance = 1e-10;
    private const double SingleTolerance = 1e-6;

    private static readonly Dictionary<string, Case> s_recorded =
        RecordedTensor.Read<Dictionary<string, Case>>("operators.json");

    private static readonly Dictionary<string, Func<Tensor[], Tensor[]>> s_rows = new(
        PointwiseRows.All.Concat<KeyValuePair<string, Func<Tensor[], Tensor[]>>>(OperatorSymbolRows.All)
            .Concat(ComparisonRows.All).Concat(ReductionRows.All).Concat(SelectionRows.All).Concat(ShapeRows.All)
            .Concat(LinearAlgebraRows.All).Concat(ActivationRows.All).Concat(CopyRows.All).Concat(FunctionalRows.All));

    public static TheoryData<string> Names => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operator_OnRecordedInputs_GivesPyTorchsValuesAndGradients(string name)
    {
        Case recorded = s_recorded[name];
        Tensor[] inputs = [.. recorded.Inputs.Select(input => input.ToTensor())];

        Tensor[] outputs = s_rows[name](inputs);

        Assert.Equal(recorded.Outputs.Length, outputs.Length);
        for (int k = 0; k < outputs.Length; k++)
        {
            recorded.Outputs[k].AssertEquals(
                outputs[k], recorded.Outputs[k].Type == "float32" ? SingleTolerance : Tolerance, $"{name}, output {k}");
        }
        AssertGradients(name, recorded, inputs, outputs);
    }

    [Fact]
    public void Table_ComparedWithTheRecording_HasTheSameNames() =>
        Assert.Equal(s_recorded.Keys.Order(StringComparer.Ordinal), s_rows.Keys.Order(StringComparer.Ordinal));

    private static void AssertGradients(string name, Case recorded, Tensor[] inputs, Tensor[] outputs)
    {
        if (recorded.Gradients.All(gradient => gradient is null))
        {
            return;
        }
        using Tensor loss = stack(outputs.Where(output => output.requires_grad).Select(Weigh)).sum();
        loss.backward();
        for (int k = 0; k < inputs.Length; k++)
        {
            using Tensor? gradient = inputs[k].grad;
            Assert.True((gradient is null) == (recorded.Gradients[k] is null), $"{name}: gradient {k} is there or not");
            recorded.Gradients[k]?.AssertEquals(
                gradient!, recorded.HasSingles ? SingleTolerance : Tolerance, $"{name}, gradient {k}");
        }
    }

    // The scalar whose gradient was recorded: sum(out * cos(0, 1, 2, ...)).
    private static Tensor Weigh(Tensor output)
    {
        Tensor weights = arange(output.NumberOfElements, dtype: ScalarType.Float64).cos().reshape(output.shape);
        return output.to(ScalarType.Float64).mul(weights).sum();
    }

    private sealed record Case(
        [property: JsonPropertyName("inputs")] RecordedTensor[] Inputs,
        [property: JsonPropertyName("outputs")] RecordedTensor[] Outputs,
        [property: JsonPropertyName("gradients")] RecordedTensor?[] Gradients)
    {
        public bool HasSingles => Outputs.Any(output => output.Type == "float32");
    }
}
