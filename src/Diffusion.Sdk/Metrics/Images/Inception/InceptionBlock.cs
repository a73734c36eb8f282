using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// Paths side by side from one input, joined by channels. A path is stages one after the other; a stage is one
/// convolution, or two side by side. Szegedy et al. 2015 (arXiv:1512.00567), figures 5 to 7 and 10.
/// </summary>
internal sealed class InceptionBlock : nn.Module<Tensor, Tensor>
{
    private readonly List<(Func<Tensor, Tensor>? Pool, List<InceptionUnit[]> Stages)> _paths = [];

    private InceptionBlock(string name, int inputs, IEnumerable<InceptionConvolution[][]> paths, bool halves)
        : base(name)
    {
        foreach (InceptionConvolution[][] path in paths)
        {
            bool pools = path.Length == 0 || path[0][0].Name == "branch_pool";
            Func<Tensor, Tensor> pool = halves ? Maximum : Average;
            _paths.Add((pools ? pool : null, Units(inputs, path)));
        }
    }

    /// <summary>35 x 35: kernels of 1, of 5, and of twice 3.</summary>
    public static InceptionBlock Wide(string name, int inputs, int pooled) => new(
        name, inputs,
        [
            [[new("branch1x1", 64, 1)]],
            [[new("branch5x5_1", 48, 1)], [new("branch5x5_2", 64, 5)]],
            [[new("branch3x3dbl_1", 64, 1)], [new("branch3x3dbl_2", 96, 3)], [new("branch3x3dbl_3", 96, 3)]],
            [[new("branch_pool", pooled, 1)]],
        ],
        halves: false);

    /// <summary>From 35 x 35 to 17 x 17.</summary>
    public static InceptionBlock FirstHalving(string name, int inputs) => new(
        name, inputs,
        [
            [[InceptionConvolution.Valid("branch3x3", 384, 3, stride: 2)]],
            [
                [new("branch3x3dbl_1", 64, 1)], [new("branch3x3dbl_2", 96, 3)],
                [InceptionConvolution.Valid("branch3x3dbl_3", 96, 3, stride: 2)],
            ],
            [],
        ],
        halves: true);

    /// <summary>17 x 17: kernels of 7 split into rows and columns.</summary>
    public static InceptionBlock Split(string name, int inputs, int inner) => new(
        name, inputs,
        [
            [[new("branch1x1", 192, 1)]],
            [[new("branch7x7_1", inner, 1)], [new("branch7x7_2", inner, 1, 7)], [new("branch7x7_3", 192, 7, 1)]],
            [
                [new("branch7x7dbl_1", inner, 1)], [new("branch7x7dbl_2", inner, 7, 1)],
                [new("branch7x7dbl_3", inner, 1, 7)], [new("branch7x7dbl_4", inner, 7, 1)],
                [new("branch7x7dbl_5", 192, 1, 7)],
            ],
            [[new("branch_pool", 192, 1)]],
        ],
        halves: false);

    /// <summary>From 17 x 17 to 8 x 8.</summary>
    public static InceptionBlock SecondHalving(string name, int inputs) => new(
        name, inputs,
        [
            [[new("branch3x3_1", 192, 1)], [InceptionConvolution.Valid("branch3x3_2", 320, 3, stride: 2)]],
            [
                [new("branch7x7x3_1", 192, 1)], [new("branch7x7x3_2", 192, 1, 7)],
                [new("branch7x7x3_3", 192, 7, 1)],
                [InceptionConvolution.Valid("branch7x7x3_4", 192, 3, stride: 2)],
            ],
            [],
        ],
        halves: true);

    /// <summary>8 x 8: the last kernels of 3 split, rows beside columns.</summary>
    public static InceptionBlock Forked(string name, int inputs) => new(
        name, inputs,
        [
            [[new("branch1x1", 320, 1)]],
            [[new("branch3x3_1", 384, 1)], [new("branch3x3_2a", 384, 1, 3), new("branch3x3_2b", 384, 3, 1)]],
            [
                [new("branch3x3dbl_1", 448, 1)], [new("branch3x3dbl_2", 384, 3)],
                [new("branch3x3dbl_3a", 384, 1, 3), new("branch3x3dbl_3b", 384, 3, 1)],
            ],
            [[new("branch_pool", 192, 1)]],
        ],
        halves: false);

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var outputs = new List<Tensor>();
        foreach ((Func<Tensor, Tensor>? pool, List<InceptionUnit[]> stages) in _paths)
        {
            outputs.Add(stages.Aggregate(pool?.Invoke(input) ?? input, Through));
        }
        return cat(outputs, 1).MoveToOuterDisposeScope();
    }

    private List<InceptionUnit[]> Units(int inputs, InceptionConvolution[][] path)
    {
        var stages = new List<InceptionUnit[]>();
        foreach (InceptionConvolution[] stage in path)
        {
            InceptionUnit[] units = Array.ConvertAll(stage, shape => new InceptionUnit(inputs, shape));
            for (int k = 0; k < units.Length; k++)
            {
                register_module(stage[k].Name, units[k]);
            }
            stages.Add(units);
            inputs = stage.Sum(shape => shape.Outputs);
        }
        return stages;
    }

    private static Tensor Through(Tensor input, InceptionUnit[] stage) => stage is [var single]
        ? single.forward(input)
        : cat([.. stage.Select(unit => unit.forward(input))], 1);

    // The zeros of the padding count, unlike in the weights that FID was published with.
    private static Tensor Average(Tensor input) => nn.functional.avg_pool2d(input, 3, stride: 1, padding: 1);

    private static Tensor Maximum(Tensor input) => nn.functional.max_pool2d(input, 3, stride: 2);
}
