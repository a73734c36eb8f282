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
        // A hundred images: one read otherwise is a hundredth.
        Snapshot.Match(GuidedDigits.Recipe.Figures(outcome).ToString(), 0.05);
        Check(arguments, "1-by-class.png", pictures: 3);
    }

    [Fact]
    public void LatentWalk_FewSteps_IsAsAccepted()
    {
        LatentWalk.Outcome outcome = LatentWalk.Recipe.Run(trained.Pipeline, trained.Set.Load().Unseen, steps: 10);
        SampleArguments arguments = trained.Arguments("walk");
        LatentWalk.Pictures.Draw(arguments, outcome);
        Snapshot.Match(LatentWalk.Recipe.Figures(outcome).ToString(), 0.01);
        Check(arguments, "2-there-and-back.png", pictures: 5);
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

        string kept = Path.Combine(arguments.Out, "DDIM 10", "000.safetensors");
        DateTime written = File.GetLastWriteTimeUtc(kept);
        File.Delete(Path.Combine(arguments.Out, "DDIM 5", "000.safetensors"));
        IReadOnlyList<FidVersusSteps.Outcome> again = Run();
        Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
        Assert.Equal(outcomes[2].Images.Values.ToArray(), again[2].Images.Values.ToArray());

        IReadOnlyList<FidVersusSteps.Outcome> Run() =>
            FidVersusSteps.Recipe.Run(trained.Pipeline, trained.Set, images: 40, arguments.Out, 10, 5);
    }

    [Theory]
    [InlineData("--seeds", "3")]
    [InlineData("--images", "9")]
    public void RunImages_WrongCommandLine_IsRefused(params string[] args) =>
        Assert.Equal(2, Sample.RunImages("any", args, "digits", 100, (_, _) => throw new InvalidOperationException()));

    [Fact]
    public void RunImages_NoSuchModel_IsAnError() => Assert.Equal(
        1, Sample.RunImages("any", ["--model", "nowhere", "--out", trained.Folder], "digits", null, (_, _) => true));

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
