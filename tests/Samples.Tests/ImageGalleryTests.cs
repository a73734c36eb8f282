using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Testing;
using Diffusion.Sdk.Tests;
using SampleKit;

namespace Samples.Tests;

/// <summary>
/// A cut-down run of each sample that draws images by a trained pipeline, on a small one that the tests train.
/// </summary>
public sealed class ImageGalleryTests(ImageGalleryTests.Trained trained)
    : TensorTest, IClassFixture<ImageGalleryTests.Trained>
{
    [Fact]
    public void GuidedDigits_FewImages_IsAsAccepted()
    {
        GuidedDigits.Outcome outcome = GuidedDigits.Recipe.Run(trained.Pipeline, trained.Set, images: 100, steps: 10);
        SampleArguments arguments = trained.Arguments("guided");
        GuidedDigits.Pictures.Draw(arguments, outcome);
        // A hundred images: one read otherwise is a hundredth, and may make another guidance the best.
        string[] lines = GuidedDigits.Recipe.Figures(outcome).ToString().Split('\n');
        Snapshot.Match(string.Join('\n', lines.Where(line => !line.StartsWith("best", StringComparison.Ordinal))), 0.05);
        Check(arguments, "3-sevens.png", pictures: 4);
    }

    [Fact]
    public void LatentWalk_FewSteps_IsAsAccepted()
    {
        LatentWalk.Outcome outcome = LatentWalk.Recipe.Run(trained.Pipeline, trained.Set.Load().Unseen, steps: 10);
        int half = outcome.Real.Values.Length / outcome.Real.Count / 2;
        Assert.All(outcome.Filled, filled => Assert.All(Enumerable.Range(0, filled.Count), i =>
        {
            Assert.Equal(outcome.Real[i][..half], filled[i][..half]); // kept, value for value
            Assert.NotEqual(outcome.Real[i][half..].ToArray(), filled[i][half..].ToArray());
        }));
        // The more of an image is noised, the less of it is left.
        double[] changes = [.. outcome.Edits.Select(edit => outcome.Error(edit.Images))];
        Assert.Equal(changes.Order(), changes);
        // Neighbours on a walk are alike, its ends are not.
        Assert.InRange(Apart(0, 1), 0, 0.5 * Apart(0, 10));
        SampleArguments arguments = trained.Arguments("walk");
        LatentWalk.Pictures.Draw(arguments, outcome);
        Snapshot.Match(LatentWalk.Recipe.Figures(outcome).ToString(), 0.01);
        Check(arguments, "2-there-and-back.png", pictures: 5);

        // The mean over the rows of a walk.
        double Apart(int column, int other) => Enumerable.Range(0, outcome.Walk.Count / 11).Average(row =>
            outcome.Walk[11 * row + column].ToArray().Zip(outcome.Walk[11 * row + other].ToArray(), (a, b) => (a - b) * (a - b)).Sum());
    }

    [Fact]
    public void FidVersusSteps_FewImages_IsAsAcceptedAndGoesOn()
    {
        SampleArguments arguments = trained.Arguments("fid");
        IReadOnlyList<FidVersusSteps.Outcome> outcomes = Run();
        FidVersusSteps.Pictures.Draw(arguments, outcomes);
        Assert.True(FidVersusSteps.Recipe.Show(outcomes));
        var figures = new Figures("");
        foreach (FidVersusSteps.Outcome outcome in outcomes)
        {
            figures.Add($"{outcome.Sampler} {outcome.Steps}", [outcome.Report.FrechetDistance.Value]);
        }
        Snapshot.Match(figures.ToString(), 0.02);
        Check(arguments, "2-the-same-noise.png", pictures: 2);

        Assert.All(outcomes, outcome => Assert.Equal([260, 1, Blocks.Side, Blocks.Side], outcome.Images.Shape));
        Assert.False(outcomes[1].Images[0].SequenceEqual(outcomes[1].Images[250])); // another part, another seed
        string kept = Path.Combine(arguments.Out, "DDIM 10", "000.safetensors");
        DateTime written = File.GetLastWriteTimeUtc(kept);
        File.Delete(Path.Combine(arguments.Out, "DDIM 5", "001.safetensors"));
        IReadOnlyList<FidVersusSteps.Outcome> again = Run();
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
        Assert.Equal(outcomes[2].Images.Values.ToArray(), again[2].Images.Values.ToArray());

        IReadOnlyList<FidVersusSteps.Outcome> Run() =>
            FidVersusSteps.Recipe.Run(trained.Pipeline, trained.Set, images: 260, arguments.Out, 10, 5);
    }

    [Theory]
    [InlineData("--seeds", "3")]
    [InlineData("--images", "9")]
    public void RunImages_WrongCommandLine_IsRefused(params string[] args) =>
        Assert.Equal(2, Sample.RunImages(
            "any", args, "digits", "mnist", 100, (_, _, _) => throw new InvalidOperationException("not reached")));

    [Fact]
    public void RunImages_NoSuchModel_IsAnError() => Assert.Equal(
        1, Sample.RunImages(
            "any", ["--model", "nowhere", "--out", trained.Folder], "digits", "mnist", null, (_, _, _) => true));

    private static void Check(
        SampleArguments arguments, string picture, int pictures,
        [System.Runtime.CompilerServices.CallerMemberName] string method = "")
    {
        Assert.Equal(pictures, Directory.GetFiles(arguments.Out, "*.png").Length);
        Snapshot.MatchPicture(File.ReadAllBytes(arguments.In(picture)), method: method);
    }

    /// <summary>The small pipeline and its data.</summary>
    public sealed class Trained : IDisposable
    {
        public Trained()
        {
            Folder = Directory.CreateTempSubdirectory("samples-").FullName;
            Blocks.Write(Folder, train: 2000);
            string[] args = ["--steps", "300", "--metrics", "0", "--threads", "1"];
            Assert.Equal(0, Blocks.Sample.Run([.. args, "--data", Folder, "--out", Path.Combine(Folder, "tiny")]));
            Pipeline = DdpmPipeline.FromPretrained(Path.Combine(Folder, "tiny", "pipeline"));
        }

        public string Folder { get; }

        public DdpmPipeline Pipeline { get; }

        public ImageSet Set => new(Folder, Blocks.Sample.DataSet);

        public SampleArguments Arguments(string name) =>
            new() { Out = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName };

        public void Dispose()
        {
            Pipeline.Dispose();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
