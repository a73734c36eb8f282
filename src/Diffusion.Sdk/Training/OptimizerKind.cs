namespace Diffusion.Sdk.Training;

/// <summary>How the weights follow their gradient.</summary>
public enum OptimizerKind
{
    /// <summary>Kingma and Ba 2014 (arXiv:1412.6980); weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>Loshchilov and Hutter 2017 (arXiv:1711.05101); weight decay shrinks the weights themselves.</summary>
    AdamW,
}
