using System.Runtime.InteropServices;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;
using Diffusion.Sdk.Training;
using Spectre.Console;
using TorchSharp;

namespace SampleKit;

/// <summary>
/// A U-Net that learns small images: trains it in front of you, or goes on where an earlier call ended, then draws,
/// measures and saves what it learned. All files are in one folder, <c>out/NAME</c>.
/// </summary>
public sealed record ImageSample
{
    /// <summary>What the sample is called, and its folder.</summary>
    public required string Name { get; init; }

    /// <summary>The folder of the IDX files in that of all data, as <c>make data</c> leaves it.</summary>
    public required string DataSet { get; init; }

    /// <summary>The network: it learns the ten classes, and by an eleventh what to draw when it is told none.</summary>
    public UNet2DConfig Network { get; init; } = UNet2DConfig.SmallCpu with { NumClassEmbeds = ImageSet.Classes + 1 };

    /// <summary>The noise it learns to undo: T = 1,000, linear.</summary>
    public DdpmSchedulerConfig Noise { get; init; } = new();

    /// <summary>
    /// How it is trained; steps, time and folders come from the command line. Three times the usual rate, which falls to 0,
    /// goes further in few epochs, and a tenth of the images are shown without their class: what guidance needs.
    /// </summary>
    public TrainingOptions Training { get; init; } = TrainingOptions.Images with
    {
        Steps = 12_000,
        LearningRate = 6e-4,
        LearningRateSchedule = new LearningRateSchedule { Shape = LearningRateShape.Cosine, WarmupSteps = 200 },
        LabelDropout = 0.1,
        Precision = Precision.Auto,
    };

    /// <summary>What is known of other runs: mean losses by the number of the epoch, from 1.</summary>
    public IReadOnlyDictionary<long, double> LessonLosses { get; init; } = new Dictionary<long, double>();

    /// <summary>Runs the sample.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>The exit code: 0, or 1 after an error, 2 for a wrong command line, 130 when interrupted.</returns>
    public int Run(string[] args)
    {
        Screen.Prepare();
        try
        {
            ImageArguments arguments = ImageArguments.Parse(args);
            using var log = new RunLog(Path.Combine(FolderOf(arguments), "log.txt"));
            return Logged(arguments, log);
        }
        catch (FormatException error)
        {
            AnsiConsole.WriteLine($"{error.Message} {ImageArguments.Usage}");
            return 2;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) // there can be no log
        {
            AnsiConsole.WriteLine(error.Message);
            return 1;
        }
    }

    private int Logged(ImageArguments arguments, RunLog log)
    {
        try
        {
            Run(arguments, log);
            return 0;
        }
        catch (OperationCanceledException)
        {
            log.Say("Stopped, after a checkpoint. The same command goes on from there.");
            return 130;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ArgumentException
            or InvalidOperationException or ImagingException)
        {
            log.Say(error.Message);
            return 1;
        }
    }

    private void Run(ImageArguments arguments, RunLog log)
    {
        Processors.UseAll(arguments.Threads);
        string blas = ProcessTuning.DescribeBlas() ?? "libtorch's own BLAS";
        log.Say($"{Name}: {Environment.ProcessorCount} processors, {blas}");
        var set = new ImageSet(arguments.Data, DataSet);
        (ImageData images, ImageData unseen) = set.Load();
        using var cancellation = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true; // the training stops itself, after a checkpoint
            cancellation.Cancel();
        });
        using var network = new UNet2DModel(Network, new PhiloxStreams(Training.Seed));
        var training = new ImageTraining(this, arguments, FolderOf(arguments), log);
        using (TrainingResult result = training.Run(network, images, cancellation.Token))
        {
            training.ShowLosses(result);
        }
        var results = new ImageResults(set, FolderOf(arguments), log, cancellation.Token);
        results.Make(network, new DdpmScheduler(Noise), images, unseen, arguments.Metrics);
    }

    private string FolderOf(ImageArguments arguments) => arguments.Out ?? Path.Combine("out", Name);
}
