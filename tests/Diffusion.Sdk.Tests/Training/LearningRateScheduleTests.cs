using System.Globalization;
using System.Text.Json;
using Diffusion.Sdk.Training;

namespace Diffusion.Sdk.Tests.Training;

[Collection(GoldenCases.Name)]
public class LearningRateScheduleTests
{
    [Fact]
    public void Factor_EveryRecordedSchedule_IsTheRecordedOne()
    {
        GoldenCase golden = GoldenCase.Open("training/lr_schedules");
        JsonElement[] entries = [.. golden.Json.GetProperty("entries").EnumerateArray()];
        Assert.Equal(11, entries.Length);

        foreach (JsonElement entry in entries)
        {
            LearningRateSchedule schedule = Parse(entry);
            schedule.Validate();
            double baseRate = entry.GetProperty("base_lr").GetDouble();

            float[] factors = [.. Enumerable.Range(0, 100).Select(step => (float)schedule.Factor(step, 100, baseRate))];

            golden.AssertClose(entry.GetProperty("tensor").GetString()!, factors);
        }
    }

    [Fact]
    public void Rate_DecayStepsNotGiven_DecaysOverTheWholeTraining()
    {
        var schedule = new LearningRateSchedule { Shape = LearningRateShape.Linear };

        Assert.Equal(1e-3, schedule.Rate(0, 50, 1e-3));
        Assert.Equal(0.5e-3, schedule.Rate(25, 50, 1e-3), 1e-12);
        Assert.Equal(0, schedule.Rate(50, 50, 1e-3));
    }

    [Fact]
    public void Factor_WarmUp_StartsAtZero()
    {
        var schedule = new LearningRateSchedule { Shape = LearningRateShape.Cosine, WarmupSteps = 4 };

        Assert.Equal([0, 0.25, 0.5, 0.75, 1], Enumerable.Range(0, 5).Select(step => schedule.Factor(step, 20, 1e-3)));
    }

    public static TheoryData<LearningRateSchedule, string> Invalid => new()
    {
        { new() { Shape = (LearningRateShape)99 }, "Shape is 99; expected one of Constant" },
        { new() { WarmupSteps = -1 }, "WarmupSteps is -1; expected an integer of at least 0" },
        { new() { DecaySteps = 0 }, "DecaySteps is 0; expected null or an integer of at least 1" },
        { new() { WarmupSteps = 10, DecaySteps = 9 }, "DecaySteps is 9; expected at least WarmupSteps = 10" },
        { new() { Cycles = 0 }, "Cycles is 0; expected an integer of at least 1" },
        { new() { Power = double.NaN }, "Power is NaN; expected a finite number above 0" },
        { new() { EndRate = -1 }, "EndRate is -1; expected a finite number of at least 0" },
        { new() { Shape = LearningRateShape.PiecewiseConstant }, "Pieces is empty; expected at least one piece" },
        { new() { Pieces = [new(5, 1), new(5, 0.1)] }, "Pieces[1] is 5; expected Until above 5" },
        { new() { Pieces = [new(5, -1)] }, "Pieces[0] is -1; expected a finite Factor of at least 0" },
    };

    [Theory, MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void Validate_ValueOutOfRange_SaysNameValueAndExpectation(LearningRateSchedule schedule, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(schedule.Validate).Message, StringComparison.Ordinal);

    [Fact]
    public void Factor_PolynomialThatDoesNotFall_IsRefused()
    {
        var schedule = new LearningRateSchedule { Shape = LearningRateShape.Polynomial, EndRate = 0.1 };

        var error = Assert.ThrowsAny<ArgumentException>(() => schedule.Factor(3, 10, 0.01));

        Assert.Contains("baseRate is 0.01; expected a number above EndRate = 0.1", error.Message, StringComparison.Ordinal);
    }

    private static LearningRateSchedule Parse(JsonElement entry)
    {
        string name = entry.GetProperty("name").GetString()!;
        var schedule = new LearningRateSchedule
        {
            Shape = Enum.Parse<LearningRateShape>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
            WarmupSteps = entry.TryGetProperty("num_warmup_steps", out JsonElement warmup) ? warmup.GetInt64() : 0,
            DecaySteps = entry.TryGetProperty("num_training_steps", out JsonElement decay) ? decay.GetInt64() : null,
            Cycles = entry.TryGetProperty("num_cycles", out JsonElement cycles) ? cycles.GetInt32() : 1,
            Power = entry.TryGetProperty("power", out JsonElement power) ? power.GetDouble() : 1,
        };
        if (!entry.TryGetProperty("step_rules", out JsonElement rules))
        {
            return schedule;
        }
        string[][] pieces = [.. rules.GetString()!.Split(',').Select(rule => rule.Split(':'))];   // "factor:until, ..., last factor"
        return schedule with
        {
            Pieces = [.. pieces[..^1].Select(piece => new LearningRatePiece(long.Parse(piece[1]), Number(piece[0])))],
            LastFactor = Number(pieces[^1][0]),
        };
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
