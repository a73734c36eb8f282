using TorchSharp.Aten.Tests.Recorded;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Optim;

/// <summary>Optimizers against the paths that PyTorch's took, recorded by <c>Recorded/optimizers.py</c>.</summary>
public class RecordedOptimizerTests : TensorTest
{
    private static readonly Dictionary<string, double[][]> s_recorded =
        RecordedTensor.Read<Dictionary<string, double[][]>>("optimizers.json");

    private static readonly Dictionary<string, Func<Parameter[], optim.Optimizer>> s_cases = new()
    {
        ["Adam"] = p => optim.Adam(p, 0.1),
        ["Adam all options"] = p => optim.Adam(Named(p), 0.05, 0.8, 0.95, 1e-4, 0.2, amsgrad: true, maximize: true),
        ["Adam groups"] = p => optim.Adam(
            [new Adam.ParamGroup([p[0]], new Adam.Options()), new Adam.ParamGroup([p[1]], 0.3, weight_decay: 0.1)],
            0.1),
        ["AdamW"] = p => optim.AdamW(Named(p), 0.1),
        ["AdamW all options"] = p => optim.AdamW(
            [new AdamW.ParamGroup(p, 0.05, 0.8, 0.95, 1e-4, 0.2, amsgrad: true, maximize: true)]),
        ["SGD"] = p => optim.SGD(p, 0.1),
        ["SGD momentum"] = p => optim.SGD(Named(p), 0.1, 0.9, 0.3, 0.2),
        ["SGD nesterov"] = p => optim.SGD([new SGD.ParamGroup(p, 0.1, 0.9, nesterov: true, maximize: true)], 7),
    };

    public static TheoryData<string> Names => [.. s_recorded.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Step_SixTimes_FollowsPyTorch(string name)
    {
        using Path path = new();
        using optim.Optimizer optimizer = s_cases[name](path.Parameters);

        for (int k = 0; k < s_recorded[name].Length; k++)
        {
            path.Step(optimizer, k);

            double[] reached = path.Numbers();
            for (int element = 0; element < reached.Length; element++)
            {
                Assert.Equal(s_recorded[name][k][element], reached[element], 1e-13);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LoadStateDict_AfterThreeSteps_GoesOnBitForBit(string name)
    {
        using Path path = new();
        using optim.Optimizer optimizer = s_cases[name](path.Parameters);
        for (int k = 0; k < 3; k++)
        {
            path.Step(optimizer, k);
        }
        using Path copy = new();
        copy.CopyFrom(path);
        using optim.Optimizer resumed = s_cases[name](copy.Parameters);
        ((OptimizerHelper)resumed).load_state_dict(((OptimizerHelper)optimizer).state_dict());

        for (int k = 3; k < 6; k++)
        {
            path.Step(optimizer, k);
            copy.Step(resumed, k);
        }

        Assert.Equal(path.Numbers(), copy.Numbers());
        OptimizerState first = ((OptimizerHelper)optimizer).state_dict().State[0];
        Assert.True(name == "SGD" || first.ApproximatelyEquals(((OptimizerHelper)resumed).state_dict().State[0]));
    }

    private static IEnumerable<(string, Parameter)> Named(Parameter[] parameters) =>
        parameters.Select((parameter, k) => ($"p{k}", parameter));

    // The two parameters and their gradients, as the recording script has them.
    private sealed class Path : IDisposable
    {
        public Parameter[] Parameters { get; } = [new(tensor([1.0, -2.0, 3.0])), new(tensor([0.5]))];

        public void Step(optim.Optimizer optimizer, int k)
        {
            using DisposeScope scope = NewDisposeScope();
            for (int index = 0; index < Parameters.Length; index++)
            {
                Parameter parameter = Parameters[index];
                Tensor count = arange(parameter.NumberOfElements, dtype: ScalarType.Float64);
                Tensor gradient = (count + 0.7 * k).sin() + 0.1 * parameter.detach();
                parameter.grad = k == 3 && index == 1 ? null : gradient;
            }
            optimizer.step();
        }

        public double[] Numbers() => [.. Parameters.SelectMany(RecordedTensor.Numbers)];

        public void CopyFrom(Path other)
        {
            using IDisposable guard = no_grad();
            for (int index = 0; index < Parameters.Length; index++)
            {
                Parameters[index].copy_(other.Parameters[index]);
            }
        }

        public void Dispose() => Array.ForEach(Parameters, parameter => parameter.Dispose());
    }
}
