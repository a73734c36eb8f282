using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Numerics;

/// <summary>
/// PyTorch's default initial weights, drawn from our own random streams, so that a seed gives the same weights
/// on every machine, device and provider.
/// </summary>
public static class WeightInitialization
{
    /// <summary>
    /// Draws all weights of a module anew: uniform in +-1 / sqrt(fan_in) for the weights and biases of linear and
    /// convolution layers, standard normal for embedding tables; norm layers get ones and zeros.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="streams">The random streams; parameter number k of the module uses item k.</param>
    /// <exception cref="NotSupportedException">A layer with weights is of none of these kinds.</exception>
    public static void Apply(nn.Module module, RandomStreams streams)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(streams);
        using IDisposable withoutGradients = no_grad();
        long item = 0;
        foreach ((string name, nn.Module layer) in module.named_modules().Prepend(("", module)))
        {
            Parameter[] own = [.. layer.parameters(recurse: false)];
            for (int k = 0; k < own.Length; k++, item++)
            {
                if (own[k].requires_grad)
                {
                    Fill(layer, name, own[0], own[k], streams, item);
                }
            }
        }
    }

    private static void Fill(
        nn.Module layer, string name, Parameter weight, Parameter parameter, RandomStreams streams, long item)
    {
        switch (layer)
        {
            case Linear or Conv2d:
                long[] shape = weight.shape;
                double bound = 1 / Math.Sqrt(weight.NumberOfElements / shape[0]); // fan_in: all but the outputs
                Write(parameter, values =>
                {
                    streams.Uniform(RandomPurpose.Initialization, item, 1, 0, values);
                    for (int i = 0; i < values.Length; i++)
                    {
                        values[i] = (float)((2.0 * values[i] - 1) * bound);
                    }
                });
                break;
            case Embedding:
                Write(parameter, values => streams.Normal(RandomPurpose.Initialization, item, 1, 0, values));
                break;
            case GroupNorm or LayerNorm or BatchNorm2d:
                parameter.fill_(ReferenceEquals(parameter, weight) ? 1 : 0);
                break;
            default:
                throw new NotSupportedException(
                    $"There is no rule for the initial weights of {name} ({layer.GetName()}).");
        }
    }

    private static void Write(Parameter parameter, Action<float[]> fill)
    {
        var values = new float[parameter.NumberOfElements];
        fill(values);
        using Tensor drawn = tensor(values, parameter.shape);
        parameter.copy_(drawn);
    }
}
