namespace Diffusion.Sdk.Training;

/// <summary>The shape of a learning-rate schedule; the names are those of diffusers' get_scheduler.</summary>
public enum LearningRateShape
{
    /// <summary>Always the base rate.</summary>
    Constant,

    /// <summary>A linear rise from 0, then the base rate.</summary>
    ConstantWithWarmup,

    /// <summary>After the warm-up a straight line down to 0.</summary>
    Linear,

    /// <summary>After the warm-up half a cosine down to 0. Past its end it rises again, as in diffusers.</summary>
    Cosine,

    /// <summary>After the warm-up <see cref="LearningRateSchedule.Cycles"/> cosines, each from the base rate to 0.</summary>
    CosineWithRestarts,

    /// <summary>After the warm-up down to <see cref="LearningRateSchedule.EndRate"/> with a power.</summary>
    Polynomial,

    /// <summary>Steps between the factors of <see cref="LearningRateSchedule.Pieces"/>.</summary>
    PiecewiseConstant,
}
