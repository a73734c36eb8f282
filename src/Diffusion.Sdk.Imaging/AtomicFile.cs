namespace Diffusion.Sdk.Imaging;

/// <summary>Writes a file so that it appears under its name whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Writes into a temporary file of the same folder, flushes it to the disk, and renames it.</summary>
    /// <param name="path">The file; one that exists is replaced. Its folder is made when absent.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">Something failed; the message names <paramref name="path"/>, and nothing is left
    /// behind.</exception>
    internal static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string? temporary = null;
        try
        {
            string full = Path.GetFullPath(path);
            string folder = Path.GetDirectoryName(full) ?? throw new IOException("it is not the name of a file.");
            if (Directory.Exists(full))
            {
                throw new IOException("there is a folder of that name.");
            }
            Directory.CreateDirectory(folder);
            temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e)
        {
            if (temporary is not null)
            {
                File.Delete(temporary);
            }
            if (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                throw new IOException($"The picture '{path}' could not be written: {e.Message}", e);
            }
            throw;
        }
    }
}
