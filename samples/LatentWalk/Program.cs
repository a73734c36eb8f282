// DDIM without noise is a map between noise and images: walks in the noise, real images taken there and back, edits.
// Usage: LatentWalk [--model FOLDER] [--set NAME] [--data FOLDER] [--out FOLDER]
using LatentWalk;

return Sample.RunImages("latent-walk", args, model: "digits", set: "mnist", images: null, (arguments, pipeline, set) =>
{
    Outcome outcome = Recipe.Run(pipeline, set.Load().Unseen);
    Pictures.Draw(arguments, outcome);
    return Recipe.Figures(outcome).Show();
});
