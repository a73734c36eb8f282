using Microsoft.Extensions.Logging;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Schedulers;

/// <summary>
/// A noise schedule and the sampler that goes back along it. Holds managed tables and the chosen timesteps, no tensors.
/// One instance serves one run at a time, since <see cref="SetTimesteps"/> changes it; <see cref="Fresh"/> makes more.
/// Shapes: N batch, T training timesteps. A timestep is always an index in [0, T).
/// </summary>
public abstract class Scheduler
{
    private readonly NoiseTables _tables;
    private long[] _timesteps;

    /// <summary>Builds the tables.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <exception cref="ArgumentException">A value of the config is out of its range.</exception>
    protected Scheduler(SchedulerConfig config, SchedulerCompatibility compatibility)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        SchedulerConfigRules.Defined(compatibility);
        NumTrainTimesteps = config.NumTrainTimesteps;
        PredictionType = config.PredictionType;
        Compatibility = compatibility;
        _tables = NoiseTables.Create(config);
        _timesteps = TimestepTables.Training(config.NumTrainTimesteps);
        Timesteps = Array.AsReadOnly(_timesteps);
    }

    /// <summary>The configuration.</summary>
    public abstract SchedulerConfig Config { get; }

    /// <summary>Whether known faults of diffusers are corrected or repeated.</summary>
    public SchedulerCompatibility Compatibility { get; }

    /// <summary>What the denoiser's output stands for.</summary>
    public PredictionType PredictionType { get; }

    /// <summary>T, the number of training timesteps.</summary>
    public int NumTrainTimesteps { get; }

    /// <summary>beta_t, float32 [T]. Ho et al. 2020 (arXiv:2006.11239), eq. 2.</summary>
    public ReadOnlySpan<float> Betas => _tables.Betas;

    /// <summary>alpha_bar_t, the product of 1 - beta up to t, float32 [T]. Ho et al. 2020, eq. 4.</summary>
    public ReadOnlySpan<float> AlphasCumprod => _tables.AlphasCumprod;

    /// <summary>Standard deviation of the sample that a run starts from.</summary>
    /// <value>1 where a scheduler does not say otherwise.</value>
    public virtual double InitNoiseSigma => 1;

    /// <summary>
    /// The timesteps of a run, from the noisiest down; an inverse scheduler's go up. Before <see cref="SetTimesteps"/>:
    /// all of them.
    /// </summary>
    public IReadOnlyList<long> Timesteps { get; private set; }

    /// <summary>How many steps <see cref="SetTimesteps"/> was asked for; null before that.</summary>
    public int? NumInferenceSteps { get; private set; }

    /// <summary>Loads the scheduler whose scheduler_config.json lies in a folder, as diffusers' save_pretrained left
    /// it.</summary>
    /// <param name="folder">The folder that holds scheduler_config.json.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <param name="logger">Is told about unknown keys, which are kept.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a config of a known scheduler, or a value is not
    /// valid.</exception>
    public static Scheduler FromPretrained(
        string folder, SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected,
        ILogger? logger = null) =>
        SchedulerConfig.Read(SchedulerFiles.Read(folder), logger).CreateScheduler(compatibility);

    /// <summary>Writes scheduler_config.json into a folder, as diffusers' save_pretrained does.</summary>
    /// <param name="folder">The folder; made if it is missing.</param>
    /// <exception cref="IOException">The file cannot be written; one that was there before stays as it was.</exception>
    public void SavePretrained(string folder) => SchedulerFiles.Write(folder, Config.ToConfig());

    /// <summary>Picks the timesteps of a run.</summary>
    /// <param name="numInferenceSteps">How many steps, in [1, T].</param>
    /// <exception cref="ArgumentOutOfRangeException">More steps than training timesteps, or fewer than one.</exception>
    public virtual void SetTimesteps(int numInferenceSteps)
    {
        SchedulerConfigRules.Require(
            numInferenceSteps >= 1 && numInferenceSteps <= NumTrainTimesteps,
            nameof(numInferenceSteps), numInferenceSteps,
            $"an integer in [1, {NumTrainTimesteps}]: a model trained with {NumTrainTimesteps} timesteps " +
            "has no more steps to give");
        UseTimesteps(TimestepTables.Create(Config, numInferenceSteps, Compatibility), numInferenceSteps);
    }

    /// <summary>The denoiser's input for a sample.</summary>
    /// <param name="sample">x_t, [N, ...].</param>
    /// <param name="timestep">Index in [0, T).</param>
    /// <returns><paramref name="sample"/> itself where the scheduler does not scale; then there is nothing more to
    /// dispose.</returns>
    public virtual Tensor ScaleModelInput(Tensor sample, long timestep) => sample;

    /// <summary>Whether <see cref="Step"/> uses noise at a timestep of the current schedule.</summary>
    /// <param name="timestep">One of <see cref="Timesteps"/>.</param>
    public abstract bool NeedsNoise(long timestep);

    /// <summary>Goes back by one timestep of the schedule.</summary>
    /// <param name="modelOutput">The denoiser's output, of the sample's shape; with a learned variance twice the
    /// channels.</param>
    /// <param name="timestep">The timestep of <paramref name="sample"/>, one of <see cref="Timesteps"/>.</param>
    /// <param name="sample">x_t, float [N, ...].</param>
    /// <param name="noise">Standard normal, of the sample's shape; needed where <see cref="NeedsNoise"/> says so, else
    /// not looked at.</param>
    /// <returns>The next sample and the predicted x_0; the caller disposes them.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, noise is missing, a value is not finite, or the
    /// timestep is not in the schedule.</exception>
    public abstract SchedulerOutput Step(Tensor modelOutput, long timestep, Tensor sample, Tensor? noise = null);

    /// <summary>Noises clean samples: sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) noise. Ho et al. 2020, eq. 4.</summary>
    /// <param name="originalSamples">x_0, float [N, ...].</param>
    /// <param name="noise">Standard normal, the same shape.</param>
    /// <param name="timesteps">int64 [N], or [1] for all; each in [0, T).</param>
    /// <returns>x_t, of the same shape; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A shape or type does not fit, or a timestep is out of range.</exception>
    public virtual Tensor AddNoise(Tensor originalSamples, Tensor noise, Tensor timesteps) =>
        AddNoise(originalSamples, noise, ForwardProcess.ReadTimesteps(timesteps));

    /// <summary>As the other overload, with timesteps in managed memory: spares the copy back from the
    /// device.</summary>
    /// <param name="originalSamples">x_0, float [N, ...].</param>
    /// <param name="noise">Standard normal, the same shape.</param>
    /// <param name="timesteps">N timesteps, or one for all; each in [0, T).</param>
    /// <returns>x_t, of the same shape; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a timestep is out of range.</exception>
    public virtual Tensor AddNoise(Tensor originalSamples, Tensor noise, ReadOnlySpan<long> timesteps) =>
        ForwardProcess.AddNoise(AlphasCumprod, originalSamples, noise, timesteps);

    /// <summary>The velocity v = sqrt(alpha_bar) noise - sqrt(1 - alpha_bar) x_0. Salimans and Ho 2022
    /// (arXiv:2202.00512), section 4.</summary>
    /// <param name="sample">x_0, float [N, ...].</param>
    /// <param name="noise">The noise that was added, the same shape.</param>
    /// <param name="timesteps">int64 [N], or [1] for all; each in [0, T).</param>
    /// <returns>v, of the same shape; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A shape or type does not fit, or a timestep is out of range.</exception>
    public virtual Tensor GetVelocity(Tensor sample, Tensor noise, Tensor timesteps) =>
        GetVelocity(sample, noise, ForwardProcess.ReadTimesteps(timesteps));

    /// <summary>As the other overload, with timesteps in managed memory: spares the copy back from the
    /// device.</summary>
    /// <param name="sample">x_0, float [N, ...].</param>
    /// <param name="noise">The noise that was added, the same shape.</param>
    /// <param name="timesteps">N timesteps, or one for all; each in [0, T).</param>
    /// <returns>v, of the same shape; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a timestep is out of range.</exception>
    public virtual Tensor GetVelocity(Tensor sample, Tensor noise, ReadOnlySpan<long> timesteps) =>
        ForwardProcess.GetVelocity(AlphasCumprod, sample, noise, timesteps);

    /// <summary>
    /// The score, the gradient of the log density of x_t, that a denoiser's output stands for: -epsilon /
    /// sqrt(1 - alpha_bar). So a denoiser is a score model, and a network that is trained on this is a denoiser. Song et
    /// al. 2021 (arXiv:2011.13456), section 3. Gradients pass through.
    /// </summary>
    /// <param name="modelOutput">The output for <paramref name="sample"/>, [N, ...].</param>
    /// <param name="sample">x_t, the same shape.</param>
    /// <param name="timesteps">N timesteps, or one for all; each in [0, T).</param>
    /// <returns>The score, of the same shape; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a timestep is out of range.</exception>
    public Tensor GetScore(Tensor modelOutput, Tensor sample, ReadOnlySpan<long> timesteps) =>
        ForwardProcess.GetScore(AlphasCumprod, PredictionType, modelOutput, sample, timesteps);

    /// <summary>The signal-to-noise ratio alpha_bar / (1 - alpha_bar). Kingma et al. 2021 (arXiv:2107.00630), eq.
    /// 2.</summary>
    /// <param name="timestep">Index in [0, T).</param>
    /// <exception cref="ArgumentOutOfRangeException">The timestep is out of range.</exception>
    public double SignalToNoise(long timestep)
    {
        double alphaBar = AlphasCumprod[ForwardProcess.CheckTimestep(timestep, NumTrainTimesteps)];
        return alphaBar / (1 - alphaBar);
    }

    /// <summary>A scheduler of the same configuration with a schedule of its own, as the constructor leaves it: one per
    /// run.</summary>
    public abstract Scheduler Fresh();

    /// <summary>
    /// <see cref="Step"/> for a sampling loop: leaves the next sample in <paramref name="sample"/> and may overwrite
    /// <paramref name="modelOutput"/>. Does not look for values that are not finite.
    /// </summary>
    internal virtual void StepInPlace(Tensor modelOutput, long timestep, Tensor sample, Tensor? noise = null)
    {
        using SchedulerOutput output = Step(modelOutput, timestep, sample, noise);
        sample.copy_(output.PrevSample);
    }

    /// <summary>Takes over a schedule, in the order of the steps.</summary>
    /// <param name="timesteps">The timesteps; taken over, not copied.</param>
    /// <param name="numInferenceSteps">How many were asked for; null where the caller gave the timesteps.</param>
    private protected void UseTimesteps(long[] timesteps, int? numInferenceSteps)
    {
        _timesteps = timesteps;
        Timesteps = Array.AsReadOnly(timesteps);
        NumInferenceSteps = numInferenceSteps;
    }

    /// <summary>The place of a timestep in the schedule, or -1.</summary>
    private protected int IndexOf(long timestep) => Array.IndexOf(_timesteps, timestep);
}
