using System.Drawing;
using Diffusion.Sdk.Imaging.Axes;
using Diffusion.Sdk.Imaging.Png;

namespace Diffusion.Sdk.Imaging;

/// <summary>
/// Plots shown one after the other, as animated PNG: browsers and image viewers play it, and programs that know
/// only PNG show the first frame. Frames with axes all get the same ones.
/// </summary>
public sealed class Animation
{
    private readonly Plot[] _frames;

    /// <summary>Makes an animation.</summary>
    /// <param name="frames">The frames, at least one, all of one width and height.</param>
    /// <exception cref="ArgumentException">There is no frame, or their sizes differ.</exception>
    public Animation(IEnumerable<Plot> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        _frames = [.. frames];
        if (_frames.Length == 0)
        {
            throw new ArgumentException("An animation needs at least one frame, but got none.", nameof(frames));
        }
        int odd = Array.FindIndex(_frames, frame => frame.Size != _frames[0].Size);
        if (odd >= 0)
        {
            throw new ArgumentException(
                $"All frames have to be of one size, but frame 0 is {Describe(_frames[0])} pixels " +
                $"and frame {odd} is {Describe(_frames[odd])}.",
                nameof(frames));
        }
    }

    /// <summary>How long a frame is shown, in (0, 65.535] seconds.</summary>
    /// <value>Default 80 ms.</value>
    public TimeSpan FrameTime { get; init; } = TimeSpan.FromMilliseconds(80);

    /// <summary>How long the last frame is shown before the first comes again, in (0, 65.535] seconds.</summary>
    /// <value>Default 2 s.</value>
    public TimeSpan LastFrameTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Draws the frames, one at a time, and saves them. The file appears whole or not at all; its folder is made when
    /// absent.
    /// </summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The file could not be written; the message names it.</exception>
    /// <exception cref="InvalidOperationException">A time is out of range, or a frame has nothing to draw.</exception>
    /// <exception cref="ImagingException">The drawing library is not installed.</exception>
    public void Save(string path)
    {
        ushort frameTime = Milliseconds(FrameTime, nameof(FrameTime));
        ushort lastFrameTime = Milliseconds(LastFrameTime, nameof(LastFrameTime));
        Bounds? shared = Plot.UnionOf(_frames);
        Size size = _frames[0].Size;
        IEnumerable<(byte[], ushort)> frames = _frames.Select((frame, index) =>
        {
            using Canvas canvas = frame.Render(shared);
            return (canvas.ToRgba(), index == _frames.Length - 1 ? lastFrameTime : frameTime);
        });
        PictureFile.Write(path, stream =>
            PngEncoder.EncodeAnimation(stream, size.Width, size.Height, _frames.Length, frames));
    }

    private static ushort Milliseconds(TimeSpan time, string property) =>
        time.TotalMilliseconds is >= 1 and <= ushort.MaxValue
            ? (ushort)time.TotalMilliseconds
            : throw new InvalidOperationException(
                $"{property} has to be between 1 and {ushort.MaxValue} milliseconds, but is {time.TotalMilliseconds}.");

    private static string Describe(Plot frame) => $"{frame.Size.Width} x {frame.Size.Height}";
}
