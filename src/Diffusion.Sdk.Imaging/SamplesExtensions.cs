using System.Numerics;
using Diffusion.Sdk.Imaging.Png;
using Diffusion.Sdk.Pipelines;

namespace Diffusion.Sdk.Imaging;

/// <summary>Pictures of generated samples in one call.</summary>
public static class SamplesExtensions
{
    private const int DefaultMaxFrames = 60;

    /// <summary>
    /// Saves the samples as PNG: points [N, 2] as a scatter plot, numbers [N, 1] as a histogram, one image
    /// [1, C, H, W] pixel by pixel, several as <see cref="SaveGrid"/> does.
    /// </summary>
    /// <param name="samples">The samples.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="title">The line above the plot; not for a single image.</param>
    /// <exception cref="InvalidOperationException">Samples of this shape have no picture.</exception>
    /// <exception cref="ArgumentException">A point or number is not finite.</exception>
    /// <exception cref="IOException">The file could not be written; the message names it.</exception>
    /// <exception cref="ImagingException">The drawing library is not installed.</exception>
    public static void SavePng(this Samples samples, string path, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Shape is [1, 1 or 3, _, _])
        {
            samples.ToImages()[0].SavePng(path);
            return;
        }
        PlotOf(samples, title, columns: null).Save(path);
    }

    /// <summary>Saves images [N, C, H, W] in rows and columns as PNG.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="columns">Images in a row, at least 1; null makes the grid about as wide as high.</param>
    /// <param name="title">The line above the grid.</param>
    /// <exception cref="InvalidOperationException">The samples are not images.</exception>
    /// <exception cref="IOException">The file could not be written; the message names it.</exception>
    /// <exception cref="ImagingException">The drawing library is not installed.</exception>
    public static void SaveGrid(this Samples samples, string path, int? columns = null, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        new ImageGrid(samples.ToImages(), columns) { Title = title }.Save(path);
    }

    /// <summary>
    /// Saves how samples came to be, step by step, as animated PNG: points [N, 2] or images [N, C, H, W].
    /// </summary>
    /// <param name="trajectory">The samples after each step, the initial noise first; all of one shape.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="title">The line above a frame, from its index in <paramref name="trajectory"/>; null writes "i of
    /// n".</param>
    /// <param name="maxFrames">Of a longer trajectory, so many are shown, evenly spaced, first and last among them; at
    /// least 2.</param>
    /// <exception cref="ArgumentException">The trajectory is empty, its shapes differ, or a point is not
    /// finite.</exception>
    /// <exception cref="InvalidOperationException">Samples of this shape have no picture.</exception>
    /// <exception cref="IOException">The file could not be written; the message names it.</exception>
    /// <exception cref="ImagingException">The drawing library is not installed.</exception>
    public static void SaveAnimation(
        this IReadOnlyList<Samples> trajectory,
        string path,
        Func<int, string>? title = null,
        int maxFrames = DefaultMaxFrames)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFrames, 2);
        CheckShapes(trajectory);
        title ??= index => $"{index} of {trajectory.Count - 1}"; // states, which need not be single steps
        int frames = Math.Min(maxFrames, trajectory.Count);
        IEnumerable<int> indices = Enumerable.Range(0, frames)
            .Select(frame => frames == 1 ? 0 : (int)Math.Round((double)frame * (trajectory.Count - 1) / (frames - 1)));
        new Animation(indices.Select(index => PlotOf(trajectory[index], title(index), columns: null))).Save(path);
    }

    /// <summary>Saves a picture as PNG, pixel by pixel.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The file could not be written; the message names it.</exception>
    public static void SavePng(this PixelImage image, string path)
    {
        ArgumentNullException.ThrowIfNull(image);
        PictureFile.Write(path, stream => PngEncoder.Encode(stream, image.Width, image.Height, Pixels.ToRgba(image)));
    }

    private static Plot PlotOf(Samples samples, string? title, int? columns) => samples.Shape switch
    {
        [_, 1] => new Histogram { Title = title }.Add(null, samples.Values.ToArray()),
        [_, 2] => new ScatterPlot { Title = title }.Add(samples.ToPoints()),
        [_, 1 or 3, _, _] => new ImageGrid(samples.ToImages(), columns) { Title = title },
        _ => throw new InvalidOperationException(
            "A picture needs samples of shape [N, 1], [N, 2], [N, 1, H, W] or [N, 3, H, W], " +
            $"but the shape is {Shape(samples)}."),
    };

    private static string Shape(Samples samples) => $"[{string.Join(", ", samples.Shape)}]";

    private static void CheckShapes(IReadOnlyList<Samples> trajectory)
    {
        if (trajectory.Count == 0)
        {
            throw new ArgumentException("The trajectory is empty.", nameof(trajectory));
        }
        for (int i = 1; i < trajectory.Count; i++)
        {
            if (!trajectory[i].Shape.SequenceEqual(trajectory[0].Shape))
            {
                throw new ArgumentException(
                    $"All samples of a trajectory have to be of one shape, but index 0 is {Shape(trajectory[0])} " +
                    $"and index {i} is {Shape(trajectory[i])}.",
                    nameof(trajectory));
            }
        }
    }
}
