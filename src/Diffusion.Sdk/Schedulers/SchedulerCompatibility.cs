namespace Diffusion.Sdk.Schedulers;

/// <summary>Whether a scheduler corrects known faults of diffusers 0.27.2 or repeats them. A run-time choice, never part of a config file.</summary>
public enum SchedulerCompatibility
{
    /// <summary>Known faults are corrected. The default everywhere, also for folders that diffusers saved.</summary>
    Corrected,

    /// <summary>Exactly what diffusers 0.27.2 computes, faults included.</summary>
    Diffusers,
}
