using System.Globalization;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Training;

/// <summary>Looks at data before a training spends time on them.</summary>
internal static class DataGuard
{
    // Denoisers assume data around 0: at this many deviations from it most of what they learn is the offset.
    private const double LargestOffset = 2;

    // Images in [-1, 1] are the convention; rounding and light augmentation stay far below this.
    private const double LargestPixel = 3;

    // Of the range that a scheduler clips to: what scaling to it by rounded numbers may exceed.
    private const double Rounding = 1.01;

    /// <exception cref="ArgumentException">
    /// The data have another shape, are not finite, or train badly and <paramref name="options"/> do not allow that.
    /// </exception>
    public static void Check(
        TrainingData data, Denoiser denoiser, Scheduler scheduler, TrainingOptions options, ILogger logger)
    {
        if (!data.SampleShape.SequenceEqual(denoiser.SampleShape))
        {
            throw new ArgumentException(
                $"The data have samples of shape [{string.Join(", ", data.SampleShape)}], but the denoiser works on " +
                $"[{string.Join(", ", denoiser.SampleShape)}].",
                nameof(data));
        }
        RequireLabels(data, denoiser, options.LabelDropout);
        if (denoiser.ConditionWidth is { } width && width != data.ConditionWidth)
        {
            throw new ArgumentException(
                $"The denoiser is conditioned on {width} numbers, but the data have {data.ConditionWidth} for each " +
                "sample.",
                nameof(data));
        }
        if (options.HorizontalFlips && data.SampleShape.Count != 3)
        {
            throw new ArgumentException(
                $"HorizontalFlips is for images [C, H, W], but the data have samples of shape " +
                $"[{string.Join(", ", data.SampleShape)}].",
                nameof(data));
        }
        if (!data.IsFinite)
        {
            RequireFinite(data);
        }
        if (options.DataCheck == DataCheck.Off
            || ((options.Standardize ? null : Complaint(data)) ?? Clipping(data, scheduler, options)) is not { } complaint)
        {
            return;
        }
        if (options.DataCheck == DataCheck.Error)
        {
            throw new ArgumentException(
                $"{complaint} To train on them as they are, set DataCheck = DataCheck.Warn.", nameof(data));
        }
        TrainingLog.SuspiciousData(logger, complaint);
    }

    private static void RequireLabels(TrainingData data, Denoiser denoiser, double dropout)
    {
        if (denoiser.NumClasses is not { } classes)
        {
            if (dropout > 0)
            {
                throw new ArgumentException(
                    $"LabelDropout is {dropout}, but the denoiser takes no class labels; expected 0.", nameof(data));
            }
            return;
        }
        if (data.Labels.IsEmpty)
        {
            throw new ArgumentException(
                $"The denoiser is conditioned on one of {classes} classes, but the data have no labels.", nameof(data));
        }
        if (data.NumClasses > classes)
        {
            throw new ArgumentException(
                $"The data have {data.NumClasses} classes, but the denoiser knows only {classes}. The largest label is " +
                $"{data.NumClasses - 1}; the config says the number of classes (NumClassEmbeds).", nameof(data));
        }
        if (dropout > 0 && data.NumClasses == classes)
        {
            throw new ArgumentException(
                $"The data have {data.NumClasses} classes and so has the denoiser, which leaves no label for " +
                $"\"no class\" (LabelDropout is {dropout}); expected a denoiser of {classes + 1} classes.",
                nameof(data));
        }
    }

    private static void RequireFinite(TrainingData data)
    {
        ReadOnlySpan<float> values = data.Values.Span;
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"Sample {i / data.ValuesPerSample} of the data holds {values[i]}; all numbers must be finite.",
                    nameof(data));
            }
        }
    }

    // Images may reach a little further, where clipping to their range is what is wanted.
    private static string? Clipping(TrainingData data, Scheduler scheduler, TrainingOptions options)
    {
        if (data.SampleShape.Count > 1
            || scheduler.Config is not ClippingSchedulerConfig { Limit: { ThresholdRatio: null, ClipRange: { } range } })
        {
            return null;
        }
        DataStatistics of = data.Statistics;
        double reach = options.Standardize ? of.StandardizedReach : Math.Max(-of.Minimum, of.Maximum);
        return reach <= range * Rounding
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The scheduler clips what it predicts to [-{range}, {range}], but the data" +
                $"{(options.Standardize ? ", standardised," : "")} reach {reach:G4}: samples would end on the border of " +
                $"that range. Set ClipSample = false in the scheduler's configuration, or a larger ClipSampleRange.");
    }

    private static string? Complaint(TrainingData data)
    {
        DataStatistics statistics = data.Statistics;
        (float least, float most) = (statistics.Minimum, statistics.Maximum);
        if (least >= 0 && most <= 1)
        {
            return $"The data lie in [{least}, {most}], but denoisers learn data around 0. " +
                "Scale them to [-1, 1] with 2 x - 1, or set Standardize = true.";
        }
        if (data.SampleShape.Count > 1)
        {
            return Math.Max(-least, most) <= LargestPixel
                ? null
                : $"The data lie in [{least}, {most}], but images are learned in [-1, 1]. " +
                    "Scale them, or set Standardize = true.";
        }
        for (int d = 0; d < statistics.Mean.Count; d++)
        {
            (double mean, double deviation) = (statistics.Mean[d], statistics.StandardDeviation[d]);
            if (Math.Abs(mean) > LargestOffset * deviation)
            {
                string where = string.Create(
                    CultureInfo.InvariantCulture,
                    $"dimension {d} has mean {mean:G4} and standard deviation {deviation:G4}");
                return $"The data are off centre: {where}. Set Standardize = true, or move them to around 0.";
            }
        }
        return null;
    }
}
