using Diffusion.Sdk.Files;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// model_index.json: which class each part of a pipeline has, as [library, class]. diffusers calls the denoiser of a
/// DDPMPipeline "unet" whatever it is, so that is its key and its folder here too. A class that diffusers lacks stands
/// under the library "diffusion_sdk": Python's diffusers imports a module of that name if there is one.
/// </summary>
/// <param name="Pipeline">The pipeline's class.</param>
/// <param name="Denoiser">The denoiser's class.</param>
/// <param name="Scheduler">The scheduler's class.</param>
internal sealed record ModelIndex(string Pipeline, string Denoiser, string Scheduler)
{
    public const string FileName = "model_index.json";
    public const string DenoiserKey = "unet";
    public const string SchedulerKey = "scheduler";

    private const string ClassNameKey = "_class_name";
    private const string DdpmPipeline = "DDPMPipeline";
    private const string DdimPipeline = "DDIMPipeline";
    private const string DiffusersVersion = "0.27.2";

    // diffusers' unconditional pipelines: the same parts, another sampler.
    private static readonly string[] s_pipelines = [DdpmPipeline, DdimPipeline];
    private static readonly string[] s_diffusersDenoisers = ["UNet2DModel"];

    /// <summary>Components of the file that the pipeline has no use for.</summary>
    public IReadOnlyList<string> Unused { get; private init; } = [];

    /// <summary>Whether the pipeline's class makes a DDIM scheduler of any that it is given.</summary>
    public bool ConvertsToDdim => Pipeline == DdimPipeline;

    /// <summary>The class that diffusers has for a scheduler.</summary>
    public static string PipelineFor(Scheduler scheduler) => scheduler is DdimScheduler ? DdimPipeline : DdpmPipeline;

    /// <exception cref="InvalidDataException">The file is not the index of such a pipeline.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static ModelIndex Load(string path)
    {
        JsonConfig json = JsonConfig.Load(path);
        string pipeline = json.GetString(ClassNameKey);
        if (!s_pipelines.Contains(pipeline))
        {
            throw new InvalidDataException(
                $"{path} is for the pipeline \"{pipeline}\"; expected one of " +
                $"{string.Join(", ", s_pipelines.Select(name => $"\"{name}\""))}.");
        }
        return new ModelIndex(pipeline, ClassOf(json, DenoiserKey), ClassOf(json, SchedulerKey))
        {
            Unused = [.. json.Keys.Where(
                key => !key.StartsWith('_') && key is not (DenoiserKey or SchedulerKey) && IsComponent(json, key))],
        };
    }

    public string ToJson()
    {
        var json = new JsonConfig(FileName);
        json.Set(ClassNameKey, Pipeline);
        json.Set("_diffusers_version", DiffusersVersion);
        json.Set(SchedulerKey, new[] { "diffusers", Scheduler });
        string library = s_diffusersDenoisers.Contains(Denoiser) ? "diffusers" : "diffusion_sdk";
        json.Set(DenoiserKey, new[] { library, Denoiser });
        return json.ToJson();
    }

    private static string ClassOf(JsonConfig json, string key)
    {
        IReadOnlyList<string> entry = json.GetStrings(key);
        return entry.Count == 2
            ? entry[1]
            : throw new InvalidDataException(
                $"{json.Source}: \"{key}\" has {entry.Count} strings; expected two, the library and the class.");
    }

    // A part that a pipeline was saved without is [null, null].
    private static bool IsComponent(JsonConfig json, string key)
    {
        try
        {
            return json.GetStrings(key).Count == 2;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
