// The score of noised data: networks for one noise level each, one for all, and sampling along it.
// Usage: ScoreMatching [--out FOLDER] [--seeds N]
using ScoreMatching;

return Sample.Run("score-matching", args, seeds: 1, arguments =>
{
    IReadOnlyList<Outcome> outcomes = arguments.ForEachSeed(seed => Recipe.Run(seed));
    Pictures.Draw(arguments, outcomes[0]);
    return Recipe.Figures(outcomes).Show();
});
