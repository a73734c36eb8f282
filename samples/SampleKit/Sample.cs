using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Pipelines;
using Spectre.Console;

namespace SampleKit;

/// <summary>What surrounds the work of a sample: its command line, the processors, errors, and what it left.</summary>
public static class Sample
{
    private const int MissedGoal = 3;

    /// <summary>Runs a sample of points.</summary>
    /// <param name="name">Its name, and that of its folder in <c>out</c>.</param>
    /// <param name="args">The command line.</param>
    /// <param name="seeds">Over how many seeds it goes unless the command line says otherwise.</param>
    /// <param name="work">The work; says whether every goal is met.</param>
    /// <returns>The exit code: 0, 1 after an error, 2 for a wrong command line, 3 where a goal is missed.</returns>
    public static int Run(string name, string[] args, int seeds, Func<SampleArguments, bool> work) =>
        Run(new SampleArguments { Out = Path.Combine("out", name), Seeds = seeds }, args, arguments =>
        {
            ProcessTuning.SetBlasThreads(1); // the host's decision: small products only take processors from each other
            return work(arguments);
        });

    /// <summary>Runs a sample of images on a trained pipeline.</summary>
    /// <param name="name">Its name, and that of its folder in <c>out</c>.</param>
    /// <param name="args">The command line.</param>
    /// <param name="model">Which of the pipelines in <c>samples/pretrained</c>, unless the command line says
    /// otherwise.</param>
    /// <param name="set">The data it was trained on; the command line may say otherwise.</param>
    /// <param name="images">How many images figures are taken of; null where that cannot be said.</param>
    /// <param name="work">The work; says whether every goal is met.</param>
    /// <inheritdoc cref="Run(string, string[], int, Func{SampleArguments, bool})" path="/returns"/>
    public static int RunImages(
        string name, string[] args, string model, string set, int? images,
        Func<SampleArguments, DdpmPipeline, ImageSet, bool> work)
    {
        var defaults = new SampleArguments
        {
            Out = Path.Combine("out", name), Model = Path.Combine("samples", "pretrained", model), Set = set,
            Images = images,
        };
        return Run(defaults, args, arguments =>
        {
            Processors.UseAll();
            using var pipeline = DdpmPipeline.FromPretrained(
                arguments.Model!, new DdpmPipelineOptions { Precision = Precision.Auto });
            return work(arguments, pipeline, new ImageSet(arguments.Data, arguments.Set!));
        });
    }

    private static int Run(SampleArguments defaults, string[] args, Func<SampleArguments, bool> work)
    {
        Screen.Prepare();
        try
        {
            SampleArguments arguments = SampleArguments.Parse(args, defaults);
            Directory.CreateDirectory(arguments.Out);
            bool met = work(arguments);
            ShowFiles(arguments.Out);
            return met ? 0 : MissedGoal;
        }
        catch (FormatException error)
        {
            AnsiConsole.WriteLine($"{error.Message} {defaults.Usage}");
            return 2;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException
            or ArgumentException or InvalidOperationException or ImagingException)
        {
            AnsiConsole.WriteLine(error.Message);
            return 1;
        }
    }

    private static void ShowFiles(string folder)
    {
        AnsiConsole.WriteLine($"In {Path.GetFullPath(folder)}:");
        foreach (string entry in Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            AnsiConsole.WriteLine($"  {Path.GetFileName(entry)}");
        }
    }
}
