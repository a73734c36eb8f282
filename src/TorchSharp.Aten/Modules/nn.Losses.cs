using M = TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>The squared difference.</summary>
        public static M.MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);

        /// <summary>The absolute difference.</summary>
        public static M.L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);

        /// <summary>The squared difference where small, the absolute one where large, over beta.</summary>
        public static M.SmoothL1Loss SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1) =>
            new(reduction, beta);

        /// <summary>The squared difference where small, the absolute one where large.</summary>
        public static M.HuberLoss HuberLoss(double delta = 1, Reduction reduction = Reduction.Mean) =>
            new(delta, reduction);

        /// <summary>Cross entropy of logits against class indices or probabilities.</summary>
        /// <param name="weight">
        /// Weight of each class [C], which the loss owns from now on; null weighs all alike.
        /// </param>
        /// <param name="ignore_index">A class index that does not count; null is -100.</param>
        /// <param name="reduction">How the losses of the items become one.</param>
        public static M.CrossEntropyLoss CrossEntropyLoss(
            Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) =>
            new(weight, ignore_index, reduction);
    }
}
