using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Files;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Tests.Pipelines;

/// <summary>Stands for a recorded U-Net where only its files matter: the keys and shapes of the recorded weights, zeros
/// until loaded.</summary>
internal sealed class RecordedUNet : Denoiser
{
    private readonly string _config;
    private readonly Dictionary<string, Tensor> _weights = [];

    public RecordedUNet(string config, string weightsPath)
        : base("UNet2DModel")
    {
        _config = config;
        using SafetensorsFile file = SafetensorsFile.Open(weightsPath);
        foreach (SafetensorsEntry entry in file.Entries)
        {
            _weights.Add(entry.Name, zeros([.. entry.Shape]));
        }
    }

    public override IReadOnlyList<int> SampleShape => [3, 8, 8];

    public override string ToConfigJson() => _config;

    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) => _weights;

    public override Tensor forward(Tensor sample, Tensor timestep, Tensor? condition) => zeros_like(sample);

    protected override void Dispose(bool disposing)
    {
        foreach (Tensor tensor in _weights.Values)
        {
            tensor.Dispose();
        }
        base.Dispose(disposing);
    }
}
