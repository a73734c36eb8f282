// A pipeline is a folder: two that were trained here, one as diffusers leaves it, each loaded in one line.
// Usage: FromPretrained [--out FOLDER]
using FromPretrained;

return Sample.Run("from-pretrained", args, seeds: 1, arguments =>
{
    Processors.UseAll();
    // Any folder that diffusers saved with a UNet2DModel does; this one is small enough to lie among the tests.
    return Loading.Run(
        arguments, Path.Combine("samples", "pretrained"), Path.Combine("tests", "Golden", "pipelines", "ddim")).Show();
});
