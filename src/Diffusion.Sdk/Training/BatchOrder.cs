namespace Diffusion.Sdk.Training;

/// <summary>How a training picks the data of a batch.</summary>
public enum BatchOrder
{
    /// <summary>Every member of every batch is drawn anew from all data.</summary>
    WithReplacement,

    /// <summary>All data once, in random order, then all again in another; batches run on across the end.</summary>
    ShuffledEpochs,
}
