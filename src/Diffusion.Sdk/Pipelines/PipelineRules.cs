using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Pipelines;

/// <summary>Whether a denoiser, a scheduler and a pipeline's options go together.</summary>
internal static class PipelineRules
{
    /// <exception cref="InvalidOperationException">The denoiser was trained with another scheduler than
    /// this.</exception>
    public static void RequireSchedulerOf(Denoiser denoiser, Scheduler scheduler)
    {
        RequireTimestepsOf(denoiser, scheduler);
        if (denoiser.TrainingRecord is not { } record)
        {
            return;
        }
        string prediction = ConfigNames.PredictionTypes.NameOf(scheduler.PredictionType);
        if (record.PredictionType != prediction)
        {
            throw new InvalidOperationException(
                $"The denoiser was trained to predict \"{record.PredictionType}\", but the scheduler takes its " +
                $"output for \"{prediction}\". Give the scheduler the {nameof(Scheduler.PredictionType)} of the " +
                "training.");
        }
        if (record.NumTrainTimesteps != scheduler.NumTrainTimesteps)
        {
            throw new InvalidOperationException(
                $"The denoiser was trained with {record.NumTrainTimesteps} timesteps, but the scheduler has " +
                $"{scheduler.NumTrainTimesteps}. Give the scheduler the {nameof(Scheduler.NumTrainTimesteps)} of the " +
                "training; for fewer denoising steps pass steps to Generate.");
        }
    }

    /// <exception cref="InvalidOperationException">The scheduler has timesteps that the denoiser cannot be asked
    /// about.</exception>
    public static void RequireTimestepsOf(Denoiser denoiser, Scheduler scheduler)
    {
        if (denoiser is UNet2DModel { Config.TimeEmbeddingType: TimeEmbeddingType.Fourier })
        {
            throw new InvalidOperationException(
                "The network's Fourier time embedding takes the logarithm of noise levels, but a " +
                $"{scheduler.GetType().Name} has timesteps from 0 on. Make the network with " +
                $"{nameof(UNet2DConfig.TimeEmbeddingType)}.{nameof(TimeEmbeddingType.Positional)}.");
        }
        if (denoiser.NumTimesteps < scheduler.NumTrainTimesteps)
        {
            throw new InvalidOperationException(
                $"The denoiser's learned time embedding has {denoiser.NumTimesteps} timesteps, but the scheduler has " +
                $"{scheduler.NumTrainTimesteps}. Make the denoiser with as many, or give the scheduler fewer " +
                $"{nameof(Scheduler.NumTrainTimesteps)}.");
        }
    }

    /// <exception cref="InvalidOperationException">There are better weights than these.</exception>
    public static void RequireEma(Denoiser denoiser, bool allowOnlineWeights)
    {
        if (!allowOnlineWeights && denoiser.TrainingRecord is { HasEma: true, Weights: WeightsKind.Online })
        {
            throw new InvalidOperationException(
                "The denoiser holds online weights, but the training kept averaged ones (EMA), from which samples " +
                "are better. Swap those in or load them, or set " +
                $"{nameof(DdpmPipelineOptions)}.{nameof(DdpmPipelineOptions.AllowOnlineWeights)}.");
        }
    }

    /// <exception cref="ArgumentException">A choice is made that the scheduler does not have.</exception>
    public static void RequireChoices(GenerateOptions options, Scheduler scheduler)
    {
        (string Name, object? Value)[] choices =
        [
            (nameof(options.Eta), options.Eta), (nameof(options.UseClippedModelOutput), options.UseClippedModelOutput),
        ];
        (string Name, object? Value) given = Array.Find(choices, choice => choice.Value is not null);
        if (given.Value is not null && scheduler is not DdimScheduler)
        {
            throw new ArgumentException(
                $"{given.Name} is {given.Value}, but the pipeline samples with a {scheduler.GetType().Name}, which " +
                $"has no such choice; expected null, or a {nameof(DdimScheduler)}.",
                nameof(options));
        }
    }

    /// <exception cref="ArgumentException">A choice is made that a run from data to noise does not have.</exception>
    public static void RequireInvertible(GenerateOptions options)
    {
        (string Name, bool Given)[] choices =
        [
            (nameof(options.Original), options.Original is not null),
            (nameof(options.InitialNoise), options.InitialNoise is not null),
            (nameof(options.Randomness), options.Randomness is not null),
        ];
        if (Array.Find(choices, choice => choice.Given).Name is { } name)
        {
            throw new ArgumentException(
                $"{name} is given; expected null, since an inversion starts from the data and draws nothing.",
                nameof(options));
        }
    }

    /// <exception cref="ArgumentException">The scheduler does not go from noise to data.</exception>
    public static void RequireSampler(Scheduler scheduler)
    {
        if (scheduler is DdimInverseScheduler)
        {
            throw new ArgumentException(
                $"The scheduler is a {nameof(DdimInverseScheduler)}, which goes from data to noise; expected one " +
                $"that goes from noise to data, such as {nameof(DdimScheduler)}.",
                nameof(scheduler));
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">The default number of steps is not in [1, T].</exception>
    public static void RequireDefaultSteps(int? defaultSteps, Scheduler scheduler)
    {
        if (defaultSteps is { } given && (given < 1 || given > scheduler.NumTrainTimesteps))
        {
            throw new ArgumentOutOfRangeException(
                nameof(defaultSteps), given,
                $"{nameof(DdpmPipelineOptions.DefaultSteps)} is {given}; expected an integer in " +
                $"[1, {scheduler.NumTrainTimesteps}], the number of training timesteps, or null.");
        }
    }
}
