namespace Diffusion.Sdk.Numerics;

/// <summary>
/// What random numbers are for. Each purpose is a stream of its own, so that drawing more for one never shifts another.
/// The numbers are part of every result's seed: an existing value is never given another meaning.
/// </summary>
public enum RandomPurpose : uint
{
    /// <summary>The noise x_T that a generation starts from; item = sample.</summary>
    InitialNoise = 0,

    /// <summary>The noise that a sampler adds in its steps; item = sample, step = index of the sampling step.</summary>
    StepNoise = 1,

    /// <summary>The noise added to the data in training; item = place in the batch, step = training step.</summary>
    TrainingNoise = 2,

    /// <summary>The timesteps drawn in training; item = place in the batch, step = training step.</summary>
    Timesteps = 3,

    /// <summary>Which data a training batch holds; item = place in the batch, step = training step.</summary>
    Batch = 4,

    /// <summary>Initial weights; item = parameter.</summary>
    Initialization = 5,

    /// <summary>
    /// Which labels are dropped in training without a condition; item = place in the batch, step = training step.
    /// </summary>
    LabelDropout = 6,

    /// <summary>Dropout masks.</summary>
    Dropout = 7,

    /// <summary>Synthetic data; item = point.</summary>
    Data = 8,

    /// <summary>Random directions and splits of metrics.</summary>
    Metric = 9,

    /// <summary>The order of the data in an epoch; step = epoch.</summary>
    Order = 10,

    /// <summary>
    /// Which images of a training batch are turned left to right; item = place in the batch, step = training step.
    /// </summary>
    Flip = 11,

    /// <summary>
    /// The noise added to the known part in inpainting; item = sample, step = index of the sampling step.
    /// </summary>
    KnownNoise = 12,

    /// <summary>
    /// The noise that takes an inpainted sample back up for another pass; item = sample, step = index of the sampling
    /// step.
    /// </summary>
    ResampleNoise = 13,

    /// <summary>
    /// Noise that a loss of one's own asks for beyond that of the batch; item = place in the batch, step = training
    /// step.
    /// </summary>
    LossNoise = 14,
}
