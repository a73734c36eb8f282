using Spectre.Console;
using Diffusion.Sdk.Denoisers;
using TorchSharp.Aten;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Benchmarks;

/// <summary>Where the time of the U-Net's forward pass goes, operator by operator.</summary>
internal static class UNetProfile
{
    private const int Passes = 3;

    public static void Show(Precision precision)
    {
        set_num_threads(1); // so that everything is on this thread
        using var work = new UNetWork();
        double flops = ConvolutionFlops(work);
        work.Forward(precision);
        double seconds;
        IReadOnlyDictionary<string, OperatorTime> operators;
        using (var profile = new OperatorProfile())
        {
            seconds = Enumerable.Range(0, Passes).Sum(_ => work.Forward(precision)) / Passes;
            operators = profile.Operators;
        }
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("operator", "calls", "ms", "share");
        double rest = seconds;
        foreach ((string name, OperatorTime time) in operators.OrderByDescending(pair => pair.Value.Total).Take(16))
        {
            double own = time.Total.TotalSeconds / Passes;
            rest -= own;
            table.AddRow(name, $"{time.Calls / Passes}", $"{own * 1e3:F1}", $"{own / seconds:P1}");
        }
        table.AddRow("native kernels, other operators and C#", "", $"{rest * 1e3:F1}", $"{rest / seconds:P1}");
        table.AddRow("forward, batch 64", "", $"{seconds * 1e3:F1}", "");
        AnsiConsole.Write(table);
        if (!operators.TryGetValue("aten::conv2d", out OperatorTime convolutions))
        {
            return; // a kernel does them
        }
        double convolving = convolutions.Total.TotalSeconds / Passes;
        AnsiConsole.MarkupLineInterpolated(
            $"[grey]Convolutions: {flops / 1e9:F1} GFLOP at {flops / convolving / 1e9:F0} GFLOP/s.[/]");
    }

    private static double ConvolutionFlops(UNetWork work)
    {
        double flops = 0;
        List<Action> removers = [];
        foreach (Conv2d conv in work.Model.modules().OfType<Conv2d>())
        {
            removers.Add(conv.register_forward_hook((_, _, output) =>
            {
                flops += 2.0 * output.NumberOfElements * conv.in_channels * conv.kernel_size.Aggregate((a, b) => a * b);
                return output;
            }).remove);
        }
        work.Forward(Precision.Full);
        removers.ForEach(remove => remove());
        return flops;
    }
}
