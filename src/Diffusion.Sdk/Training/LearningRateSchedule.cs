using Diffusion.Sdk.Schedulers;

namespace Diffusion.Sdk.Training;

/// <summary>
/// The learning rate as a function of the optimizer step, counted from 0: with a warm-up the first step runs at 0.
/// Values agree with diffusers' get_scheduler.
/// </summary>
public sealed record LearningRateSchedule
{
    /// <summary>The shape.</summary>
    /// <value><see cref="LearningRateShape.Constant"/>.</value>
    public LearningRateShape Shape { get; init; } = LearningRateShape.Constant;

    /// <summary>Steps of the linear rise from 0, at least 0. <see cref="LearningRateShape.Constant"/> and pieces have none.</summary>
    /// <value>0.</value>
    public long WarmupSteps { get; init; }

    /// <summary>The step at which the decay ends, warm-up included, at least 1.</summary>
    /// <value>null: the last step of the training.</value>
    public long? DecaySteps { get; init; }

    /// <summary>How many cosines <see cref="LearningRateShape.CosineWithRestarts"/> has, at least 1.</summary>
    /// <value>1.</value>
    public int Cycles { get; init; } = 1;

    /// <summary>The exponent of <see cref="LearningRateShape.Polynomial"/>, above 0.</summary>
    /// <value>1.</value>
    public double Power { get; init; } = 1;

    /// <summary>The learning rate at which <see cref="LearningRateShape.Polynomial"/> ends, at least 0 and below the base rate.</summary>
    /// <value>1e-7.</value>
    public double EndRate { get; init; } = 1e-7;

    /// <summary>The pieces of <see cref="LearningRateShape.PiecewiseConstant"/>, by rising <c>Until</c>. Copied in.</summary>
    /// <value>Empty.</value>
    public IReadOnlyList<LearningRatePiece> Pieces
    {
        get;
        init => field = Array.AsReadOnly((value ?? throw new ArgumentNullException(nameof(value))).ToArray());
    } = [];

    /// <summary>The factor after the last piece, at least 0.</summary>
    /// <value>1.</value>
    public double LastFactor { get; init; } = 1;

    /// <summary>The learning rate of an optimizer step.</summary>
    /// <param name="step">The step, counted from 0.</param>
    /// <param name="totalSteps">Steps of the whole training, at least 1; used where <see cref="DecaySteps"/> is null.</param>
    /// <param name="baseRate">The base learning rate, above 0.</param>
    public double Rate(long step, long totalSteps, double baseRate) => baseRate * Factor(step, totalSteps, baseRate);

    /// <summary>The factor on the base learning rate at an optimizer step; see <see cref="Rate"/>.</summary>
    /// <param name="step">The step, counted from 0.</param>
    /// <param name="totalSteps">Steps of the whole training, at least 1; used where <see cref="DecaySteps"/> is null.</param>
    /// <param name="baseRate">The base learning rate, above 0; only <see cref="LearningRateShape.Polynomial"/> looks at it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A step is negative, or a polynomial does not fall from the base rate.</exception>
    public double Factor(long step, long totalSteps, double baseRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        bool warms = Shape is not (LearningRateShape.Constant or LearningRateShape.PiecewiseConstant);
        if (warms && step < WarmupSteps)
        {
            return (double)step / WarmupSteps;
        }
        long end = DecaySteps ?? totalSteps;
        double progress = (double)(step - WarmupSteps) / Math.Max(1, end - WarmupSteps);
        return Shape switch
        {
            LearningRateShape.Linear => Math.Max(0, (double)(end - step) / Math.Max(1, end - WarmupSteps)),
            LearningRateShape.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
            LearningRateShape.CosineWithRestarts => progress >= 1 ? 0 : (1 + Math.Cos(Math.PI * (Cycles * progress % 1))) / 2,
            LearningRateShape.Polynomial => PolynomialFactor(Math.Min(progress, 1), baseRate),
            LearningRateShape.PiecewiseConstant => Pieces.FirstOrDefault(piece => step < piece.Until)?.Factor ?? LastFactor,
            _ => 1,
        };
    }

    /// <summary>Checks every range and the rules between values.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it, the value and what is expected.</exception>
    public void Validate()
    {
        SchedulerConfigRules.Defined(Shape);
        SchedulerConfigRules.Require(WarmupSteps >= 0, nameof(WarmupSteps), WarmupSteps, "an integer of at least 0");
        SchedulerConfigRules.Require(DecaySteps is null or >= 1, nameof(DecaySteps), DecaySteps, "null or an integer of at least 1");
        SchedulerConfigRules.Require(
            DecaySteps is not { } end || end >= WarmupSteps, nameof(DecaySteps), DecaySteps, $"at least WarmupSteps = {WarmupSteps}");
        SchedulerConfigRules.AtLeast(Cycles, 1, nameof(Cycles));
        SchedulerConfigRules.Require(Power is > 0 and < double.PositiveInfinity, nameof(Power), Power, "a finite number above 0");
        SchedulerConfigRules.Require(EndRate is >= 0 and < double.PositiveInfinity, nameof(EndRate), EndRate, "a finite number of at least 0");
        SchedulerConfigRules.Require(
            LastFactor is >= 0 and < double.PositiveInfinity, nameof(LastFactor), LastFactor, "a finite number of at least 0");
        CheckPieces();
    }

    private void CheckPieces()
    {
        SchedulerConfigRules.Require(
            Pieces.Count > 0 || Shape != LearningRateShape.PiecewiseConstant, nameof(Pieces), "empty", "at least one piece");
        for (int i = 0; i < Pieces.Count; i++)
        {
            string name = $"{nameof(Pieces)}[{i}]";
            long above = i == 0 ? 0 : Pieces[i - 1].Until;
            SchedulerConfigRules.Require(Pieces[i].Until > above, name, Pieces[i].Until, $"Until above {above}");
            SchedulerConfigRules.Require(
                Pieces[i].Factor is >= 0 and < double.PositiveInfinity, name, Pieces[i].Factor, "a finite Factor of at least 0");
        }
    }

    private double PolynomialFactor(double progress, double baseRate)
    {
        SchedulerConfigRules.Require(baseRate > EndRate, nameof(baseRate), baseRate, $"a number above EndRate = {EndRate}");
        return ((baseRate - EndRate) * Math.Pow(1 - progress, Power) + EndRate) / baseRate;
    }
}
