using System.Text.Json;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>The recorded schedules, faults included.</summary>
[Collection(GoldenCases.Name)]
public class TimestepTableGoldenTests
{
    [Theory]
    [InlineData("DDPMScheduler", 27)]
    [InlineData("DDIMScheduler", 5)]
    [InlineData("DDIMInverseScheduler", 2)]
    public void SetTimesteps_EveryRowOfAClass_IsTheRecordedSchedule(string className, int count)
    {
        GoldenCase golden = GoldenCase.Open("schedulers/timestep_tables");
        JsonElement[] rows = [.. golden.Json.GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("class").GetString() == className)];
        Assert.Equal(count, rows.Length);

        foreach (JsonElement row in rows)
        {
            Scheduler scheduler = Build(className, row.GetProperty("constructor").GetRawText());
            scheduler.SetTimesteps(row.GetProperty("num_inference_steps").GetInt32());

            Assert.Equal(golden.Integers(row.GetProperty("tensor").GetString()!), scheduler.Timesteps);
        }
    }

    private static Scheduler Build(string className, string constructor)
    {
        SchedulerConfig config = className switch
        {
            "DDPMScheduler" => DdpmSchedulerConfig.FromJson(constructor),
            "DDIMScheduler" => DdimSchedulerConfig.FromJson(constructor),
            _ => DdimInverseSchedulerConfig.FromJson(constructor),
        };
        return config.CreateScheduler(SchedulerCompatibility.Diffusers);
    }
}
