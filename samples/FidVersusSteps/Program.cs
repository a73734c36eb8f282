// One network, five samplers: what fewer steps cost, as the Fréchet distance to clothes that were held out.
// Usage: FidVersusSteps [--images N] [--model FOLDER] [--data FOLDER] [--out FOLDER]
// What is drawn is kept in the folder, so that a run that was stopped, or one with more images, goes on.
using FidVersusSteps;

return Sample.RunImages("fid-versus-steps", args, model: "clothes", images: 1000, (arguments, pipeline) =>
{
    var set = new ImageSet(arguments.Data, "fashion-mnist");
    IReadOnlyList<Outcome> outcomes = Recipe.Run(pipeline, set, arguments.Images!.Value, arguments.In("drawn"));
    Pictures.Draw(arguments, outcomes);
    return Recipe.Show(outcomes);
});
