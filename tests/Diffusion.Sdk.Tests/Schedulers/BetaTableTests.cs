using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Tests.Schedulers;

public class BetaTableTests
{
    [Fact]
    public void Create_ConstantSchedule_IsTheLastBetaEverywhereAndReadsBackAsLinear()
    {
        var config = new DdpmSchedulerConfig { BetaSchedule = BetaSchedule.Constant, BetaEnd = 0.03, NumTrainTimesteps = 7 };

        Assert.All(new DdpmScheduler(config).Betas.ToArray(), beta => Assert.Equal(0.03f, beta));

        DdpmSchedulerConfig read = DdpmSchedulerConfig.FromJson(config.ToJson());
        Assert.Equal((BetaSchedule.Linear, 0.03, 0.03), (read.BetaSchedule, read.BetaStart, read.BetaEnd));
        Assert.Equal(new DdpmScheduler(config).Betas.ToArray(), new DdpmScheduler(read).Betas.ToArray());
    }

    [Theory]
    [InlineData(BetaSchedule.Linear)]
    [InlineData(BetaSchedule.ScaledLinear)]
    [InlineData(BetaSchedule.Sigmoid)]
    public void Create_ScheduleBetweenTwoBetas_RisesFromOneToTheOther(BetaSchedule schedule)
    {
        float[] betas = new DdpmScheduler(new DdpmSchedulerConfig { BetaSchedule = schedule }).Betas.ToArray();
        double slack = schedule == BetaSchedule.Sigmoid ? 1e-4 : 1e-8;   // a logistic curve comes near its ends

        Assert.Equal(0.0001, betas[0], slack);
        Assert.Equal(0.02, betas[^1], slack);
        Assert.True(betas.Zip(betas.Skip(1)).All(pair => pair.First < pair.Second));
    }

    [Fact]
    public void Create_CosineSchedule_FollowsTheSquaredCosineAndIsCapped()
    {
        var scheduler = new DdpmScheduler(new DdpmSchedulerConfig { BetaSchedule = BetaSchedule.SquaredCosCapV2 });
        static double Curve(double u) => Math.Pow(Math.Cos((u + 0.008) / 1.008 * Math.PI / 2), 2);

        Assert.Equal(0.999f, scheduler.Betas[^1]);
        foreach (int t in (int[])[0, 100, 499, 900])
        {
            Assert.Equal(Curve((t + 1) / 1000.0) / Curve(0), scheduler.AlphasCumprod[t], 1e-5);
        }
    }

    [Fact]
    public void Create_OneTrainingTimestep_IsTheFirstBeta() =>
        Assert.Equal([0.0001f], new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 1 }).Betas.ToArray());

    [Fact]
    public void Create_ZeroTerminalSnr_EndsInPureNoiseAndKeepsTheBeginning()
    {
        var plain = new DdpmScheduler();
        var zero = new DdpmScheduler(new DdpmSchedulerConfig
        {
            RescaleBetasZeroSnr = true,
            PredictionType = PredictionType.VPrediction,
        });

        Assert.Equal(0f, zero.AlphasCumprod[^1]);
        Assert.Equal(1f, zero.Betas[^1]);
        Assert.Equal(0, zero.SignalToNoise(999));
        Assert.Equal(plain.AlphasCumprod[0], zero.AlphasCumprod[0], 1e-6);
    }

    [Fact]
    public void Create_GivenBetas_AreTheTable()
    {
        var config = new DdpmSchedulerConfig { NumTrainTimesteps = 3, TrainedBetas = [0.1, 0.2, 1] };

        var scheduler = new DdpmScheduler(config);

        Assert.Equal([0.1f, 0.2f, 1f], scheduler.Betas.ToArray());
        Assert.Equal([0.9f, 0.9f * 0.8f, 0f], scheduler.AlphasCumprod.ToArray());
    }

    [Theory]
    [InlineData(1e-9, 0.01, "alphas_cumprod[0] = 1 in float32")]
    [InlineData(0.99, 0.99, "= 0 in float32")]
    public void Create_BetasThatFloatCannotTell_SaysWhereTheTableBreaks(double start, double end, string message)
    {
        var config = new DdpmSchedulerConfig { BetaStart = start, BetaEnd = end };

        var error = Assert.Throws<ArgumentException>(() => new DdpmScheduler(config));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
