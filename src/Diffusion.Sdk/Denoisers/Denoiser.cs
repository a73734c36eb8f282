using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A network that looks at noisy samples and says something about them. What the output means (the noise, the clean
/// sample, the velocity) is the scheduler's business. Shapes: N batch; the rest as in <see cref="SampleShape"/>.
/// </summary>
/// <remarks>
/// Callers that only sample may use one denoiser from many threads at once; who trains it needs it for himself.
/// <c>forward(sample, timestep, condition)</c> takes x_t, float32 [N, ...], timesteps, int64 [N], and a condition or
/// null.
/// </remarks>
public abstract class Denoiser : nn.Module<Tensor, Tensor, Tensor?, Tensor>
{
    /// <summary>Makes a denoiser without components.</summary>
    /// <param name="name">The module's name.</param>
    protected Denoiser(string name)
        : base(name)
    {
    }

    /// <summary>The shape of one sample, without the batch: [D] for points, [C, H, W] for images.</summary>
    public abstract IReadOnlyList<int> SampleShape { get; }

    /// <summary>
    /// How many classes the condition tells apart: it is then the class of each sample, int64 [N], each in
    /// [0, NumClasses).
    /// </summary>
    /// <value>null: the denoiser takes no class labels.</value>
    public virtual int? NumClasses => null;

    /// <summary>
    /// How many numbers the condition of each sample has, where it is no class: float32 [N, ConditionWidth].
    /// </summary>
    /// <value>null: the denoiser takes no such condition.</value>
    public virtual int? ConditionWidth => null;

    /// <summary>
    /// How many timesteps the denoiser tells apart, where it has a row of a table for each: it is then asked about
    /// those in [0, NumTimesteps).
    /// </summary>
    /// <value>null: any.</value>
    public virtual int? NumTimesteps => null;

    /// <summary>What training has left to know about the weights; null where they were not trained here.</summary>
    /// <value>null.</value>
    public TrainingRecord? TrainingRecord { get; set; }

    /// <summary>The configuration as the text of diffusers' config.json, with <c>_class_name</c>.</summary>
    public abstract string ToConfigJson();

    /// <summary>
    /// A denoiser of the same class and configuration, in main memory, with weights of its own; what
    /// <see cref="Precision.BFloat16"/> keeps its copies of the weights in.
    /// </summary>
    /// <returns>The other denoiser; the caller disposes it.</returns>
    /// <exception cref="NotSupportedException">The class does not override this.</exception>
    public virtual Denoiser NewLike() => throw new NotSupportedException(
        $"{GetName()} computes in float32 only: its class does not override {nameof(NewLike)}.");

    /// <summary>
    /// Prepares a run of <see cref="DenoiserRun.Predict"/> calls, so that what depends on the timesteps alone is
    /// computed once. Weights must not change until the run is disposed.
    /// </summary>
    /// <param name="timesteps">The timesteps of the run, in its order; at least one.</param>
    /// <returns>The run; the caller disposes it, on the thread that made it.</returns>
    /// <exception cref="ArgumentException">There is no timestep.</exception>
    public virtual DenoiserRun BeginSampling(IReadOnlyList<long> timesteps) => new ForwardRun(this, timesteps);

    /// <summary>As the other overload, in a precision.</summary>
    /// <param name="timesteps">As there.</param>
    /// <param name="precision"><see cref="Precision.Full"/> or <see cref="Precision.BFloat16"/>.</param>
    /// <exception cref="NotSupportedException">The denoiser computes in float32 only.</exception>
    internal virtual DenoiserRun BeginSampling(IReadOnlyList<long> timesteps, Precision precision) =>
        precision == Precision.BFloat16 ? new BFloat16Run(this, timesteps) : BeginSampling(timesteps);

    /// <summary>
    /// The name that this model has for a tensor of a weights file, where older files name it otherwise.
    /// </summary>
    /// <param name="fileKey">The name in the file.</param>
    internal virtual string KeyOf(string fileKey) => fileKey;

    /// <summary>Prepares a training's passes over batches of one size.</summary>
    /// <param name="batchSize">N.</param>
    /// <param name="numTrainTimesteps">T; timesteps are in [0, T).</param>
    /// <param name="gradient">All gradients in one buffer, of which those of the parameters are views.</param>
    internal virtual TrainingPass BeginTraining(int batchSize, int numTrainTimesteps, Tensor gradient) =>
        new AutogradPass(this, gradient);

    /// <summary>
    /// The same in bfloat16, for weights and gradients that stay float32; null where only a copy of the denoiser in
    /// bfloat16 can do that.
    /// </summary>
    internal virtual TrainingPass? BeginRoundedTraining(int batchSize, int numTrainTimesteps, Tensor gradient) => null;
}
