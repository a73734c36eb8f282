// A pipeline is a folder: one made here, one as diffusers leaves it, each loaded in one line.
// Usage: FromPretrained [--out FOLDER]
using FromPretrained;

// Any folder that diffusers saved with a UNet2DModel does; this one is small enough to lie among the tests.
return Sample.Run("from-pretrained", args, seeds: 1, arguments =>
    Loading.Run(arguments, diffusersFolder: Path.Combine("tests", "Golden", "pipelines", "ddim")).Show());
