using System.Text;

namespace Diffusion.Sdk.Files;

/// <summary>
/// Writes files so that a reader finds the old content or the new, whole, whatever happens in between: the bytes go to
/// a hidden temporary file in the same folder, are flushed to the disk, and are renamed over the final name; then the
/// folder is flushed. A failure deletes the temporary file and leaves the old file as it was. Only a process that is
/// killed leaves a temporary file behind, which <see cref="DeleteLeftovers"/> removes.
/// </summary>
/// <remarks>
/// Several writers of one path at once are safe: the last rename wins. A link is followed: the file it points to is
/// replaced. Missing folders are made. Should only the last step fail, the flush of the folder, then the new file is in
/// place, whole, and the exception says that a power failure could still bring back the old one.
/// </remarks>
public static class AtomicFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The final name.</param>
    /// <param name="write">Writes the content, from front to back, to a buffered stream that it need not close.</param>
    /// <exception cref="IOException">The disk failed or <paramref name="path"/> is a folder.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string target = TemporaryPath.Resolve(path, folder: false);
        if (Directory.Exists(target))
        {
            throw new IOException($"{target} is a folder, not a file.");
        }
        Directory.CreateDirectory(TemporaryPath.Parent(target));
        string temporary = TemporaryPath.For(target, TemporaryPath.Writing);
        try
        {
            WriteAndFlush(temporary, write);
            KeepMode(target, temporary);
            FileFaults.Reached(FileOperation.Rename, target);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
        NativeFiles.FlushFolder(TemporaryPath.Parent(target));
    }

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    /// <param name="path">The final name.</param>
    /// <param name="text">The whole content.</param>
    /// <exception cref="IOException">The disk failed or <paramref name="path"/> is a folder.</exception>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write(path, stream => stream.Write(bytes));
    }

    /// <summary>
    /// Deletes the temporary files that killed processes left beside a path. To be called when nobody is writing it:
    /// who was would fail.
    /// </summary>
    /// <param name="path">The final name.</param>
    /// <returns>How many there were.</returns>
    public static int DeleteLeftovers(string path)
    {
        string target = TemporaryPath.Resolve(path, folder: false);
        string[] leftovers = [.. TemporaryPath.Leftovers(target, TemporaryPath.Writing).Where(File.Exists)];
        Array.ForEach(leftovers, File.Delete);
        return leftovers.Length;
    }

    private static void WriteAndFlush(string temporary, Action<Stream> write)
    {
        using var file = new PendingFile(temporary);
        write(file.Content);
        file.FlushToDisk();
    }

    private static void KeepMode(string target, string temporary)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The failure that brought us here is the one to report.
        }
    }
}
