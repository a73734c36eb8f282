// Eight Gaussians on a ring: an MLP learns to predict noise, and two variances of the reverse process are compared.
// Usage: RingDiffusion [--out FOLDER] [--seeds N]
using RingDiffusion;

return Sample.Run("ring", args, seeds: 10, arguments =>
{
    IReadOnlyList<Outcome> outcomes = arguments.ForEachSeed(seed => Recipe.Run(seed));
    Pictures.Draw(arguments, outcomes[0]);
    return Recipe.Figures(outcomes).Show();
});
