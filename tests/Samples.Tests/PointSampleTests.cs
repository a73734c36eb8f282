using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Numerics;
using Diffusion.Sdk.Testing;
using Diffusion.Sdk.Tests;
using SampleKit;

namespace Samples.Tests;

/// <summary>
/// A cut-down run of each sample, one seed: a change that alters results shows in the snapshot, whose tolerance is what
/// other processors' rounding may add up to over so few steps.
/// </summary>
public sealed class PointSampleTests : TensorTest, IDisposable
{
    private readonly SampleArguments _arguments =
        new() { Out = Directory.CreateTempSubdirectory("samples-").FullName, Seeds = 1 };

    public PointSampleTests() => ProcessTuning.SetBlasThreads(1);

    [Fact]
    public void ScheduleTour_FewNumbers_IsAsAccepted()
    {
        ScheduleTour.Tour tour = ScheduleTour.Tour.Take(count: 500, seed: 0);
        ScheduleTour.Pictures.Draw(_arguments, tour);
        Check(tour.Figures(), "1-forward-process.png", 0.001);
    }

    [Fact]
    public void RingDiffusion_FewSteps_IsAsAccepted()
    {
        RingDiffusion.Outcome outcome = RingDiffusion.Recipe.Run(seed: 0, steps: 100, samples: 500);
        RingDiffusion.Pictures.Draw(_arguments, outcome);
        Check(RingDiffusion.Recipe.Figures([outcome]), "1-generated.png");
    }

    [Fact]
    public void SwissRoll_FewSteps_IsAsAccepted()
    {
        SwissRoll.Outcome outcome = SwissRoll.Recipe.Run(0, SwissRoll.Recipe.Source with { Steps = 100 }, 300);
        SwissRoll.Outcome longer = SwissRoll.Recipe.Run(0, SwissRoll.Recipe.Longer with { Steps = 100 }, 300);
        SwissRoll.Pictures.Draw(_arguments, outcome, longer);
        Check(SwissRoll.Recipe.Figures([outcome], longer), "1-generated.png");
    }

    [Fact]
    public void ConditionalRing_FewEpochs_IsAsAccepted()
    {
        ConditionalRing.Outcome outcome = ConditionalRing.Recipe.Run(seed: 0, epochs: 8, perMode: 25, perRadius: 50);
        ConditionalRing.Pictures.Draw(_arguments, outcome);
        Check(ConditionalRing.Recipe.Figures([outcome]), "3-trade-off.png"); // single points are too fine a measure
    }

    [Fact]
    public void LearnedVariance1D_FewSteps_IsAsAccepted()
    {
        LearnedVariance1D.Outcome bound = LearnedVariance1D.Recipes.Bound(seed: 0, steps: 10);
        LearnedVariance1D.Outcome hybrid = LearnedVariance1D.Recipes.Hybrid(seed: 0, steps: 200);
        LearnedVariance1D.Outcome.Draw(_arguments, bound, hybrid);
        Check(LearnedVariance1D.Outcome.Figures([bound], [hybrid]), "1-ways-and-ends.png", 0.05);
    }

    [Fact]
    public void ScoreMatching_FewSteps_IsAsAccepted()
    {
        ScoreMatching.Outcome outcome = ScoreMatching.Recipe.Run(seed: 0, steps: 100, samples: 200);
        ScoreMatching.Pictures.Draw(_arguments, outcome);
        Check(ScoreMatching.Recipe.Figures([outcome]), "1-fields.png", 0.05);
    }

    [Fact]
    public void FromPretrained_FewSteps_IsAsAccepted()
    {
        string Folder(string name) => Path.Combine(AppContext.BaseDirectory, name);
        Figures figures = FromPretrained.Loading.Run(
            _arguments, Folder("pretrained"), Folder("ddim"), images: 20, steps: 10);
        Check(figures, "digits.png", 0);
    }

    [Theory]
    [InlineData("--seed", "3")]
    [InlineData("--seeds", "none")]
    [InlineData("--seeds")]
    [InlineData("folder")]
    public void Run_WrongCommandLine_IsRefused(params string[] args) =>
        Assert.Equal(2, Sample.Run("any", args, 1, _ => throw new InvalidOperationException("not reached")));

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 3)]
    public void Run_Goals_AreInTheExitCode(bool met, int code) =>
        Assert.Equal(code, Sample.Run("any", ["--out", _arguments.Out, "--seeds", "2"], 1, a => met && a.Seeds == 2));

    [Theory]
    [InlineData("--seed", "3")]
    [InlineData("--seeds", "0")]
    [InlineData("--what")]
    public void MixtureTutorial_WrongCommandLine_IsRefused(params string[] args) =>
        Assert.Equal(2, typeof(MixtureTutorial.Recipe).Assembly.EntryPoint!.Invoke(null, [args]));

    [Fact]
    public void Figures_SeveralSeeds_AreHeldAgainstTheirGoals()
    {
        Assert.True(new Figures("").Add("each", [1, 2, 3], least: 1, most: 3).Show());
        Assert.False(new Figures("").Add("each", [1, 2, 3], least: 1.5).Show());
        Assert.True(new Figures("").Add("mean", [1, 2, 3], least: 1.5, ofMean: true).Add("no goal", [7]).Show());
    }

    void IDisposable.Dispose()
    {
        Dispose();
        Directory.Delete(_arguments.Out, recursive: true);
    }

    // The figures as text; of the pictures one is compared, and all have to be there.
    private void Check(
        Figures figures, string picture, double tolerance = 0.02,
        [System.Runtime.CompilerServices.CallerMemberName] string method = "")
    {
        Snapshot.Match(figures.ToString(), tolerance, method: method);
        Assert.All(
            Directory.GetFiles(_arguments.Out, "*.png"),
            path => Assert.True(PngReader.Read(File.ReadAllBytes(path)).Width > 100));
        Snapshot.MatchPicture(File.ReadAllBytes(_arguments.In(picture)), method: method);
    }
}
