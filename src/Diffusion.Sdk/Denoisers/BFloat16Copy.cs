using TorchSharp;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Denoisers;

/// <summary>
/// A twin of a denoiser that computes in bfloat16. What turns timesteps into angles stays float32, since 8 bits cannot
/// tell one timestep of a thousand from the next.
/// </summary>
internal sealed class BFloat16Copy : IDisposable
{
    /// <summary>Makes the twin, with the weights as they are now and on the same device.</summary>
    /// <exception cref="NotSupportedException">The denoiser does not make others of its kind.</exception>
    public BFloat16Copy(Denoiser original)
    {
        Twin = original.NewLike();
        try
        {
            Twin.to(original.parameters().FirstOrDefault()?.device ?? CPU, ScalarType.BFloat16);
            foreach (nn.Module layer in Twin.modules())
            {
                if (layer is Timesteps or TimeWaves or GaussianFourierProjection)
                {
                    layer.to(ScalarType.Float32);
                }
            }
            Copy(original);
            Twin.train(original.training);
        }
        catch
        {
            Twin.Dispose();
            throw;
        }
    }

    /// <summary>The denoiser that computes in bfloat16; its inputs and outputs are of that type.</summary>
    public Denoiser Twin { get; }

    public void Dispose() => Twin.Dispose();

    private void Copy(Denoiser original)
    {
        using IDisposable withoutGradients = no_grad();
        Dictionary<string, TorchSharp.Modules.Parameter> parameters = original.named_parameters()
            .ToDictionary(named => named.name, named => named.parameter);
        foreach ((string name, TorchSharp.Modules.Parameter own) in Twin.named_parameters())
        {
            own.copy_(parameters[name]);
            own.requires_grad = parameters[name].requires_grad;
        }
        Dictionary<string, Tensor> buffers = original.named_buffers()
            .ToDictionary(named => named.name, named => named.buffer);
        foreach ((string name, Tensor own) in Twin.named_buffers())
        {
            own.copy_(buffers[name]);
        }
    }
}
