// The spiral of a Swiss roll: a small MLP, sines and cosines of the time, and losses that nobody can get below.
// Usage: SwissRoll [--out FOLDER] [--seeds N]
using SwissRoll;

return Sample.Run("swiss-roll", args, seeds: 3, arguments =>
{
    IReadOnlyList<Outcome> outcomes = arguments.ForEachSeed(seed => Recipe.Run(seed, Recipe.Source));
    Outcome longer = Recipe.Run(0, Recipe.Longer);
    Pictures.Draw(arguments, outcomes[0], longer);
    return Recipe.Figures(outcomes, longer).Show();
});
