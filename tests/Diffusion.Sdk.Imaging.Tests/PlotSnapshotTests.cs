using System.Numerics;
using Diffusion.Sdk.Imaging.Png;

namespace Diffusion.Sdk.Imaging.Tests;

/// <summary>One small picture of every plot, accepted after a look at it.</summary>
public class PlotSnapshotTests
{
    [Fact]
    public void ScatterPlot_DataBesideGenerated_LooksAsAccepted() => Snapshot.MatchPicture(Draw(
        new ScatterPlot { Title = "Data and generated samples", XLabel = "x", YLabel = "y", Width = 400, Height = 380 }
            .Add("data", Sketches.Mixture(300, seed: 1))
            .Add("generated", Sketches.Mixture(300, seed: 2))));

    [Fact]
    public void LinePlot_SmoothedLoss_LooksAsAccepted() => Snapshot.MatchPicture(Draw(
        new LinePlot { Title = "Training loss", XLabel = "step", YLabel = "mean squared error", LogY = true, Width = 400, Height = 300 }
            .AddSmoothed("loss, mean of 100 steps", Sketches.Loss(2000))));

    [Fact]
    public void LinePlot_Schedules_LooksAsAccepted()
    {
        double[] signal = Sketches.AlphasCumprod(500);
        Snapshot.MatchPicture(Draw(
            new LinePlot { Title = "Linear schedule", XLabel = "timestep", Width = 400, Height = 300 }
                .Add("signal", signal.Select(Math.Sqrt))
                .Add("noise", signal.Select(abar => Math.Sqrt(1 - abar)))
                .Add("signal-to-noise, capped", signal.Select(abar => Math.Min(1, abar / (1 - abar))))));
    }

    [Fact]
    public void Figure_ForwardProcess_LooksAsAccepted()
    {
        Vector2[] data = Sketches.Mixture(150, seed: 1);
        int[] timesteps = [0, 50, 100, 200, 300, 500];
        Snapshot.MatchPicture(Draw(
            new Figure(3, timesteps.Select(t => new ScatterPlot { Title = $"t = {t}" }.Add(Sketches.Noised(data, t, seed: t))))
            {
                Title = "Forward process", SharedAxes = true, Width = 480, Height = 340,
            }));
    }

    [Fact]
    public void Histogram_WithDensity_LooksAsAccepted() => Snapshot.MatchPicture(Draw(
        new Histogram { Title = "x of the mixture", XLabel = "x", YLabel = "density", Width = 400, Height = 300 }
            .Add("data", Sketches.Mixture(1500, seed: 1).Select(point => point.X))
            .Add("generated", Sketches.Mixture(1500, seed: 2).Select(point => point.X))
            .AddDensity("truth", x => new[] { 0.0, 6, -4 }.Average(mean => Gaussian(x - mean)))));

    [Fact]
    public void VectorField_OverPoints_LooksAsAccepted()
    {
        Vector2[] grid = VectorField.Grid((-4, 4), (-4, 4), 13, 13);
        Snapshot.MatchPicture(Draw(
            new VectorField { Title = "Score of a Gaussian", XLabel = "x", YLabel = "y", Width = 400, Height = 380 }
                .AddPoints("data", Sketches.Mixture(600, seed: 1).Where((_, i) => i % 3 == 0), Palette.Grey)
                .Add("score", grid, grid.Select(point => -point), Palette.Vermilion)));
    }

    [Fact]
    public void ImageGrid_GreyAndColor_LooksAsAccepted()
    {
        Snapshot.MatchPicture(Draw(new ImageGrid(Sketches.Discs(10).ToImages(), columns: 5) { Title = "Discs", Scale = 3 }), "grey");
        Snapshot.MatchPicture(Draw(new ImageGrid(Sketches.Discs(6, channels: 3).ToImages()) { Scale = 3 }), "color");
    }

    [Fact]
    public void Figure_RowOfUnlikePlots_LooksAsAccepted() => Snapshot.MatchPicture(Draw(
        new Figure(1, [Figure.Row(
            new ScatterPlot { Title = "Samples" }.Add("generated", Sketches.Mixture(100, seed: 3)),
            new LinePlot { Title = "Loss", XLabel = "step" }.Add("loss", Sketches.Loss(50)),
            new ImageGrid(Sketches.Discs(4).ToImages()) { Title = "Images" })])
        { Width = 600, Height = 240 }));

    private static double Gaussian(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    private static byte[] Draw(Plot plot)
    {
        using Canvas canvas = plot.Render();
        using var stream = new MemoryStream();
        PngEncoder.Encode(stream, canvas.Width, canvas.Height, canvas.ToRgba());
        return stream.ToArray();
    }
}
