using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit.Sdk;

namespace Diffusion.Sdk.Testing;

/// <summary>
/// Compares what a test made with what was once looked at and accepted. Files follow Verify's convention:
/// <c>Class.Method.verified.txt</c> or <c>.png</c> beside the test's source, <c>.received</c> on a mismatch.
/// </summary>
internal static partial class Snapshot
{
    /// <summary>
    /// Mean difference per channel, of 255, that another version of a font or of the drawing library may make.
    /// </summary>
    internal const double MeanTolerance = 2;

    /// <summary>
    /// Difference, of 255, between the mean colours of any block of 8 x 8 pixels: a letter may move by a part of a
    /// pixel, but none may be missing.
    /// </summary>
    internal const double BlockTolerance = 40;

    private const int BlockSide = 8;

    /// <summary>
    /// Compares text; numbers in it may differ by <paramref name="tolerance"/>, absolutely or relatively.
    /// </summary>
    internal static void Match(
        string text,
        double tolerance = 0,
        string? name = null,
        [CallerFilePath] string file = "",
        [CallerMemberName] string method = "")
    {
        string verified = VerifiedPath(file, method, name, "txt");
        string normal = text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        string? mismatch = File.Exists(verified)
            ? CompareText(File.ReadAllText(verified).ReplaceLineEndings("\n"), normal, tolerance)
            : "there is no accepted snapshot yet";
        Finish(mismatch, verified, received => File.WriteAllText(received, normal));
    }

    /// <summary>
    /// Compares a PNG picture pixel by pixel, with room for other versions of fonts and drawing libraries.
    /// </summary>
    internal static void MatchPicture(
        byte[] png, string? name = null, [CallerFilePath] string file = "", [CallerMemberName] string method = "")
    {
        string verified = VerifiedPath(file, method, name, "png");
        string? mismatch = File.Exists(verified)
            ? ComparePictures(File.ReadAllBytes(verified), png)
            : "there is no accepted snapshot yet";
        Finish(mismatch, verified, received => File.WriteAllBytes(received, png));
    }

    /// <summary>What is wrong, or null: the text between numbers has to be equal, numbers near.</summary>
    internal static string? CompareText(string expected, string actual, double tolerance)
    {
        string[] expectedLines = expected.Split('\n');
        string[] actualLines = actual.Split('\n');
        for (int i = 0; i < Math.Max(expectedLines.Length, actualLines.Length); i++)
        {
            string? before = i < expectedLines.Length ? expectedLines[i] : null;
            string? now = i < actualLines.Length ? actualLines[i] : null;
            if (before is null || now is null || !LinesMatch(before, now, tolerance))
            {
                return $"line {i + 1} differs (tolerance {tolerance}):\n" +
                    $"  expected: {before ?? "(end)"}\n  received: {now ?? "(end)"}";
            }
        }
        return null;
    }

    /// <summary>What is wrong, or null.</summary>
    internal static string? ComparePictures(byte[] expected, byte[] actual)
    {
        (int width, int height, byte[] before) = PngReader.Read(expected);
        (int newWidth, int newHeight, byte[] now) = PngReader.Read(actual);
        if ((width, height) != (newWidth, newHeight))
        {
            return $"the picture is {newWidth} x {newHeight} pixels, expected {width} x {height}";
        }
        double mean = before.Zip(now, (one, other) => Math.Abs(one - other)).Average();
        (double worst, int x, int y) = WorstBlock(width, height, before, now);
        return mean <= MeanTolerance && worst <= BlockTolerance
            ? null
            : $"pixels differ by {mean:F2} of 255 on average (tolerance {MeanTolerance}), " +
              $"and the {BlockSide} x {BlockSide} pixels at ({x}, {y}) by {worst:F0} (tolerance {BlockTolerance})";
    }

    /// <summary>The block whose mean colour differs most in one channel, and by how much.</summary>
    private static (double Difference, int X, int Y) WorstBlock(int width, int height, byte[] before, byte[] now)
    {
        (double Difference, int X, int Y) worst = default;
        for (int y = 0; y < height; y += BlockSide)
        {
            for (int x = 0; x < width; x += BlockSide)
            {
                int right = Math.Min(x + BlockSide, width);
                int bottom = Math.Min(y + BlockSide, height);
                int[] sums = [0, 0, 0, 0];
                for (int row = y; row < bottom; row++)
                {
                    for (int i = (row * width + x) * 4; i < (row * width + right) * 4; i++)
                    {
                        sums[i % 4] += before[i] - now[i];
                    }
                }
                double difference = sums.Max(Math.Abs) / (double)(BlockSide * BlockSide);
                worst = difference > worst.Difference ? (difference, x, y) : worst;
            }
        }
        return worst;
    }

    private static bool LinesMatch(string expected, string actual, double tolerance)
    {
        if (Number().Replace(expected, "#") != Number().Replace(actual, "#"))
        {
            return false;
        }
        return Number().Matches(expected).Zip(Number().Matches(actual)).All(pair =>
        {
            double before = double.Parse(pair.First.Value, CultureInfo.InvariantCulture);
            double now = double.Parse(pair.Second.Value, CultureInfo.InvariantCulture);
            return Math.Abs(before - now) <= tolerance * Math.Max(1, Math.Abs(before));
        });
    }

    private static void Finish(string? mismatch, string verified, Action<string> writeReceived)
    {
        string received = verified.Replace(".verified.", ".received.", StringComparison.Ordinal);
        File.Delete(received);
        if (mismatch is not null)
        {
            writeReceived(received);
            throw new XunitException(
                $"Snapshot {Path.GetFileName(verified)}: {mismatch}\n" +
                $"Look at {received}; if it is right, accept it:\n  mv '{received}' '{verified}'");
        }
    }

    private static string VerifiedPath(string file, string method, string? name, string extension)
    {
        string suffix = name is null ? "" : "_" + name;
        string testClass = Path.GetFileNameWithoutExtension(file);
        return Path.Combine(SourceFolder(file), $"{testClass}.{method}{suffix}.verified.{extension}");
    }

    /// <summary>
    /// Builds with deterministic paths say /_/ for the repository's root, which lies above the test's assembly.
    /// </summary>
    private static string SourceFolder(string file)
    {
        string folder = Path.GetDirectoryName(file)!;
        if (!folder.StartsWith("/_/", StringComparison.Ordinal))
        {
            return folder;
        }
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Diffusion.Sdk.sln")))
        {
            root = Path.GetDirectoryName(root);
        }
        return root is null
            ? throw new DirectoryNotFoundException("Diffusion.Sdk.sln lies in no folder above the tests.")
            : Path.Combine(root, folder[3..]);
    }

    [GeneratedRegex(@"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")]
    private static partial Regex Number();
}
