using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Pipelines;

public sealed partial class DdpmPipeline
{
    private const string SchedulerConfigName = "scheduler_config.json";

    /// <summary>Loads a pipeline from a folder, as <see cref="SavePretrained"/> or diffusers' save_pretrained left
    /// it.</summary>
    /// <param name="folder">The folder that holds model_index.json, <c>scheduler/</c> and <c>unet/</c>.</param>
    /// <param name="options">Where and how to run; null for the defaults.</param>
    /// <param name="compatibility">Whether known faults of diffusers are corrected or repeated.</param>
    /// <param name="denoisers">Which denoisers there are; null for those of this SDK.</param>
    /// <returns>A pipeline that owns its denoiser; the caller disposes it.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="IOException">A file is missing, cannot be read, or is truncated.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is not valid, a class is not known, or the weights do not fit; the message names file and key.
    /// </exception>
    /// <exception cref="InvalidOperationException">The scheduler is not the one of the training that training.json
    /// tells of.</exception>
    public static DdpmPipeline FromPretrained(
        string folder, DdpmPipelineOptions? options = null,
        SchedulerCompatibility compatibility = SchedulerCompatibility.Corrected, DenoiserRegistry? denoisers = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= DdpmPipelineOptions.Default;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                $"There is no folder {Path.GetFullPath(folder)} to load a pipeline from.");
        }
        string indexPath = Path.Combine(folder, ModelIndex.FileName);
        DenoiserFolder.RequireFile(indexPath, ", so the folder holds no pipeline");
        ModelIndex index = ModelIndex.Load(indexPath);
        Scheduler scheduler = LoadScheduler(
            Path.Combine(folder, ModelIndex.SchedulerKey), index.Scheduler, compatibility, options);
        if (index.ConvertsToDdim)
        {
            scheduler = DdimScheduler.FromConfig(scheduler.Config, compatibility);
        }
        Denoiser denoiser = DenoiserFolder.Load(
            Path.Combine(folder, ModelIndex.DenoiserKey), index.Denoiser, denoisers ?? DenoiserRegistry.Default,
            options.Logger);
        try
        {
            var pipeline = new DdpmPipeline(denoiser, scheduler, options with { OwnsDenoiser = true })
            {
                _className = index.Pipeline,
            };
            if (index.Unused.Count > 0)
            {
                PipelineLog.UnusedComponents(pipeline._logger, indexPath, string.Join(", ", index.Unused));
            }
            PipelineLog.Loaded(
                pipeline._logger, folder, index.Denoiser, scheduler.Config.ClassName, Kernels.Variant ?? "none");
            return pipeline;
        }
        catch
        {
            denoiser.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes the pipeline as diffusers' save_pretrained does: model_index.json,
    /// <c>scheduler/scheduler_config.json</c>, <c>unet/config.json</c> and
    /// <c>unet/diffusion_pytorch_model.safetensors</c>, and <c>unet/training.json</c> where the denoiser has a
    /// <see cref="TrainingRecord"/>. The folder appears whole or not at all; one that is there is replaced in one
    /// step and keeps its other files.
    /// </summary>
    /// <remarks>
    /// model_index.json names a DDIMPipeline where the scheduler is a <see cref="DdimScheduler"/>, else a DDPMPipeline;
    /// a pipeline that was loaded keeps its name. diffusers calls the denoiser "unet" whatever its class. One that
    /// diffusers does not know, such as
    /// <see cref="MlpDenoiser"/>, has the library "diffusion_sdk" in model_index.json.
    /// </remarks>
    /// <param name="folder">The folder; missing parents are made.</param>
    /// <param name="halfPrecision">
    /// Whether weights are written as float16: half the size, each within 0.05%, or 3e-8 where it is tiny. They are loaded into float32.
    /// </param>
    /// <exception cref="IOException">The disk failed, or the path is a file.</exception>
    /// <exception cref="InvalidOperationException">A weight is too large for float16.</exception>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public void SavePretrained(string folder, bool halfPrecision = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _lifetime.Run(
            _ =>
            {
                AtomicFolder.Write(folder, temporary => WriteTo(temporary, folder, halfPrecision));
                return true;
            },
            CancellationToken.None);
    }

    private void WriteTo(string temporary, string folder, bool halfPrecision)
    {
        string className = JsonConfig.Parse(Denoiser.ToConfigJson(), "The denoiser's config").GetString("_class_name");
        var index = new ModelIndex(
            _className ?? ModelIndex.PipelineFor(Scheduler), className, Scheduler.Config.ClassName);
        AtomicFile.WriteText(Path.Combine(temporary, ModelIndex.FileName), index.ToJson());
        AtomicFile.WriteText(
            Path.Combine(temporary, ModelIndex.SchedulerKey, SchedulerConfigName), Scheduler.Config.ToJson());
        DenoiserFolder.Save(
            Path.Combine(temporary, ModelIndex.DenoiserKey), Denoiser,
            replaces: Path.Combine(folder, ModelIndex.DenoiserKey), halfPrecision);
    }

    private static Scheduler LoadScheduler(
        string folder, string className, SchedulerCompatibility compatibility, DdpmPipelineOptions options)
    {
        string path = Path.Combine(folder, SchedulerConfigName);
        DenoiserFolder.RequireFile(path);
        Scheduler scheduler = Scheduler.FromPretrained(folder, compatibility, options.Logger);
        return scheduler.Config.ClassName == className
            ? scheduler
            : throw new InvalidDataException(
                $"{path} is for \"{scheduler.Config.ClassName}\", but {ModelIndex.FileName} names \"{className}\".");
    }
}
