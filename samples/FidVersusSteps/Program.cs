// One network, nine samplers: what fewer steps cost, as the Fréchet distance to clothes that were held out.
// Usage: FidVersusSteps [--images N] [--model FOLDER] [--set NAME] [--data FOLDER] [--out FOLDER]
// What is drawn is kept in the folder, so that a run that was stopped, or one with more images, goes on.
using System.Security.Cryptography;
using FidVersusSteps;

return Sample.RunImages(
    "fid-versus-steps", args, model: "clothes", set: "fashion-mnist", images: 1000, (arguments, pipeline, set) =>
    {
        // What other weights drew, or these in another precision, is kept apart.
        string weights = Path.Combine(arguments.Model!, "unet", "diffusion_pytorch_model.safetensors");
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(weights)))[..8];
        Precision precision = pipeline.Generate(1, steps: 1, seed: 0).Precision;
        string kept = Path.Combine("drawn", $"{hash}-{precision}");
        IReadOnlyList<Outcome> outcomes = Recipe.Run(pipeline, set, arguments.Images!.Value, arguments.In(kept));
        Pictures.Draw(arguments, outcomes);
        return Recipe.Show(outcomes);
    });
