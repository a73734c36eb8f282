using System.Text.Json;
using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Tests.Schedulers;

/// <summary>The recorded schedules of DDPMScheduler, faults included.</summary>
[Collection(GoldenCases.Name)]
public class TimestepTableGoldenTests
{
    [Fact]
    public void SetTimesteps_EveryDdpmRow_IsTheRecordedSchedule()
    {
        GoldenCase golden = GoldenCase.Open("schedulers/timestep_tables");
        JsonElement[] rows = [.. golden.Json.GetProperty("entries").EnumerateArray()
            .Where(entry => entry.GetProperty("class").GetString() == "DDPMScheduler")];
        Assert.Equal(27, rows.Length);

        foreach (JsonElement row in rows)
        {
            string constructor = row.GetProperty("constructor").GetRawText();
            var scheduler = new DdpmScheduler(DdpmSchedulerConfig.FromJson(constructor), SchedulerCompatibility.Diffusers);
            scheduler.SetTimesteps(row.GetProperty("num_inference_steps").GetInt32());

            Assert.Equal(golden.Integers(row.GetProperty("tensor").GetString()!), scheduler.Timesteps);
        }
    }
}
