// "Give me a 7": digits by class, and what the scale of classifier-free guidance does to them.
// Usage: GuidedDigits [--model FOLDER] [--data FOLDER] [--out FOLDER] [--images N]
using GuidedDigits;

return Sample.RunImages("guided-digits", args, model: "digits", images: 500, (arguments, pipeline) =>
{
    Outcome outcome = Recipe.Run(pipeline, new ImageSet(arguments.Data, "mnist"), arguments.Images!.Value);
    Pictures.Draw(arguments, outcome);
    return Recipe.Figures(outcome).Show();
});
