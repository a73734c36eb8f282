// Asking for something: one of eight Gaussians by its number, or a distance from the origin by its value.
// Usage: ConditionalRing [--out FOLDER] [--seeds N]
using ConditionalRing;

return Sample.Run("conditional-ring", args, seeds: 3, arguments =>
{
    IReadOnlyList<Outcome> outcomes = arguments.ForEachSeed(seed => Recipe.Run(seed));
    Pictures.Draw(arguments, outcomes[0]);
    return Recipe.Figures(outcomes).Show();
});
