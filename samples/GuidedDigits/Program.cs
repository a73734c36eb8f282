// "Give me a 7": digits by class, and what the scale of classifier-free guidance does to them.
// Usage: GuidedDigits [--images N] [--model FOLDER] [--set NAME] [--data FOLDER] [--out FOLDER]
using GuidedDigits;

return Sample.RunImages("guided-digits", args, model: "digits", set: "mnist", images: 500, (arguments, pipeline, set) =>
{
    Outcome outcome = Recipe.Run(pipeline, set, arguments.Images!.Value);
    Pictures.Draw(arguments, outcome);
    return Recipe.Figures(outcome).Show();
});
