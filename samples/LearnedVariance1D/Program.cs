// A reverse process that learns its variance: by the bare variational bound, and in the form that replaced it.
// Usage: LearnedVariance1D [--out FOLDER] [--seeds N]
using LearnedVariance1D;

return Sample.Run("learned-variance", args, seeds: 10, arguments =>
{
    IReadOnlyList<Outcome> bound = arguments.ForEachSeed(seed => Recipes.Bound(seed));
    IReadOnlyList<Outcome> hybrid = arguments.ForEachSeed(seed => Recipes.Hybrid(seed));
    Outcome.Draw(arguments, bound.MinBy(outcome => outcome.Loss)!, hybrid[0]);
    return Outcome.Figures(bound, hybrid).Show();
});
