using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The arithmetic that Adam and AdamW share, in PyTorch's order of operations.</summary>
internal static class AdamMath
{
    public static void Validate(double lr, double beta1, double beta2, double eps, double weightDecay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lr);
        ArgumentOutOfRangeException.ThrowIfNegative(beta1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta1, 1.0);
        ArgumentOutOfRangeException.ThrowIfNegative(beta2);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(beta2, 1.0);
        ArgumentOutOfRangeException.ThrowIfNegative(eps);
        ArgumentOutOfRangeException.ThrowIfNegative(weightDecay);
    }

    public static void Update(
        Parameter parameter, Tensor gradient, Tensor first, Tensor second, Tensor? largestSecond, in Step step)
    {
        using Tensor? changed = ChangedGradient(parameter, gradient, step);
        Tensor g = changed ?? gradient;
        if (step.Decoupled && step.WeightDecay != 0)
        {
            parameter.mul_(1 - step.LearningRate * step.WeightDecay);
        }
        first.mul_(step.Beta1).add_(g, 1 - step.Beta1);
        second.mul_(step.Beta2).addcmul_(g, g, 1 - step.Beta2);
        if (largestSecond is not null)
        {
            using Tensor larger = largestSecond.maximum(second);
            largestSecond.copy_(larger);
        }
        double correction1 = 1 - Math.Pow(step.Beta1, step.Number);
        double correction2 = 1 - Math.Pow(step.Beta2, step.Number);
        using Tensor root = (largestSecond ?? second).sqrt();
        root.div_(Math.Sqrt(correction2)).add_(step.Epsilon);
        parameter.addcdiv_(first, root, -step.LearningRate / correction1);
    }

    private static Tensor? ChangedGradient(Parameter parameter, Tensor gradient, in Step step)
    {
        Tensor? negative = step.Maximize ? gradient.neg() : null;
        if (step.Decoupled || step.WeightDecay == 0)
        {
            return negative;
        }
        Tensor decayed = (negative ?? gradient).add(parameter, step.WeightDecay);
        negative?.Dispose();
        return decayed;
    }

    /// <summary>The numbers of one step.</summary>
    internal readonly record struct Step(
        long Number, double LearningRate, double Beta1, double Beta2, double Epsilon, double WeightDecay,
        bool Decoupled,
        bool Maximize);
}
