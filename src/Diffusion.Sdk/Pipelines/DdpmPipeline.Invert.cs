using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Pipelines;

public sealed partial class DdpmPipeline
{
    /// <summary>
    /// Finds the noise from which <see cref="Generate"/> makes given samples again, with a <see cref="DdimScheduler"/>
    /// without noise, as many steps and <see cref="GenerateOptions.InitialNoise"/>. The error of the way there and back
    /// falls with the number of steps, unless the sampler clips or thresholds: what is cut off is lost, so give the
    /// pipeline a scheduler with <see cref="ClippingSchedulerConfig.ClipSample"/> off. The inversion never clips.
    /// Song et al. 2021 (arXiv:2010.02502), section 4.3; diffusers' DDIMInverseScheduler.
    /// </summary>
    /// <param name="data">The samples, [N, ...], in the units of the training data.</param>
    /// <param name="steps">Steps in [1, T]; null for <see cref="DdpmPipelineOptions.DefaultSteps"/>, or else T.</param>
    /// <param name="options">
    /// Blocks, classes and what is shown on the way; nothing is drawn and nothing kept, so choices about that do not go
    /// here.
    /// </param>
    /// <param name="progress">Is told about every step, one by one, on the run's threads.</param>
    /// <param name="cancellationToken">Stops the run before its next step.</param>
    /// <returns>The noise, [N, ...], standard normal where the samples are typical; nothing to dispose.</returns>
    /// <exception cref="ArgumentException">
    /// The samples do not have the denoiser's shape or are not finite, or a choice does not fit.
    /// </exception>
    /// <inheritdoc cref="Generate" path="/exception"/>
    public Samples Invert(
        Samples data, int? steps = null, GenerateOptions? options = null,
        IProgress<GenerateProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Count == 0)
        {
            throw new ArgumentException("data holds no samples; expected at least one.", nameof(data));
        }
        RequireReady();
        DdimInverseScheduler inverse = Inverse();
        SamplingPlan plan = SamplingPlan.CreateInverse(Denoiser, inverse, data, steps, _options.DefaultSteps, options);
        return _worker.Run(() => Run(plan, inverse, progress, cancellationToken), cancellationToken);
    }

    // What clips throws away what the noise would have to know. diffusers' inverse clips if the sampler does.
    private DdimInverseScheduler Inverse()
    {
        DdimInverseScheduler inverse = DdimInverseScheduler.FromConfig(Scheduler.Config, Scheduler.Compatibility);
        return Scheduler.Compatibility == SchedulerCompatibility.Corrected
            ? new DdimInverseScheduler(inverse.Config with { ClipSample = false }, Scheduler.Compatibility)
            : inverse;
    }
}
