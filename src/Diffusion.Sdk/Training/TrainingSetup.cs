using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Training;

/// <summary>What has to fit, and be chosen, before a training begins.</summary>
internal static class TrainingSetup
{
    // Above this many parameters a matrix product gains from a second thread.
    private const long SmallModel = 1_000_000;

    /// <summary>
    /// The units to train in: those the denoiser has, or those of the data where they are to be standardised.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The denoiser has units, but the options do not ask for such.
    /// </exception>
    public static Standardization? Units(Denoiser denoiser, TrainingData data, TrainingOptions options)
    {
        Standardization? trained = denoiser.TrainingRecord?.Standardization;
        if (trained is not null && !options.Standardize)
        {
            throw new InvalidOperationException(
                "The denoiser was trained on standardised data, so it can only go on with such: " +
                "set Standardize = true, or take a fresh denoiser.");
        }
        return trained ?? (
            options.Standardize ? Standardization.Of(data.Values.Span, data.Count, data.SampleShape[0]) : null);
    }

    /// <summary>
    /// The label that says "no class": the one after the data's last, or what the denoiser knows as such already,
    /// unless that is a class of the data. Null where there is none.
    /// </summary>
    public static long? NullLabel(Denoiser denoiser, TrainingData data, TrainingOptions options)
    {
        long? known = denoiser.TrainingRecord?.NullLabel;
        return options.LabelDropout > 0 && !(known >= data.NumClasses) ? data.NumClasses : known;
    }

    /// <exception cref="InvalidOperationException">
    /// The denoiser was trained for other predictions or timesteps, or does not know them all.
    /// </exception>
    public static void RequireSameScheduler(Denoiser denoiser, Scheduler scheduler)
    {
        PipelineRules.RequireTimestepsOf(denoiser, scheduler);
        string predicts = ConfigNames.PredictionTypes.NameOf(scheduler.PredictionType);
        int timesteps = scheduler.NumTrainTimesteps;
        if (denoiser.TrainingRecord is { } record
            && (record.PredictionType != predicts || record.NumTrainTimesteps != timesteps))
        {
            throw new InvalidOperationException(
                $"The denoiser was trained to predict {record.PredictionType} over {record.NumTrainTimesteps} " +
                $"timesteps, but the scheduler has {predicts} over {timesteps}.");
        }
    }

    /// <exception cref="ArgumentException">There is no loss for what the scheduler reads.</exception>
    public static void RequireLoss(Scheduler scheduler, TrainingOptions options)
    {
        if (options.Loss is null && scheduler is DdpmScheduler { Config.VarianceType: VarianceType.Learned })
        {
            throw new ArgumentException(
                $"The scheduler's VarianceType is {VarianceType.Learned}; to train a variance expected " +
                $"{VarianceType.LearnedRange}, or a {nameof(TrainingOptions.Loss)} of your own.",
                nameof(scheduler));
        }
    }

    /// <exception cref="ArgumentException">A parameter is of another type.</exception>
    public static void RequireFloat32(Denoiser denoiser)
    {
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in denoiser.named_parameters())
        {
            if (parameter.dtype != ScalarType.Float32)
            {
                throw new ArgumentException(
                    $"A denoiser is trained in Float32, but its parameter {name} is {parameter.dtype}.",
                    nameof(denoiser));
            }
        }
    }

    /// <summary>How many threads to use: what a checkpoint says, else what was asked for, else what suits.</summary>
    public static int Threads(Denoiser denoiser, TrainingOptions options, Checkpoint? from, ILogger logger)
    {
        bool small = denoiser.SampleShape.Count == 1
            && denoiser.parameters().Sum(parameter => parameter.NumberOfElements) < SmallModel;
        int asked = options.Threads ?? (small ? 1 : get_num_threads());
        if (from is not null && from.Threads != asked)
        {
            TrainingLog.ThreadsOfCheckpoint(logger, from.Threads, asked);
        }
        return from?.Threads ?? asked;
    }
}
