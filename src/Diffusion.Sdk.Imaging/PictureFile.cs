using Diffusion.Sdk.Files;

namespace Diffusion.Sdk.Imaging;

/// <summary>Writes a picture so that it appears under its name whole or not at all.</summary>
internal static class PictureFile
{
    /// <summary>As <see cref="AtomicFile.Write"/>, with errors that say which picture it was.</summary>
    /// <param name="path">The file; one that exists is replaced. Its folder is made when absent.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">
    /// Something failed; the message names <paramref name="path"/>, and nothing is left behind.
    /// </exception>
    internal static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            AtomicFile.Write(path, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The picture '{path}' could not be written: {e.Message}", e);
        }
    }
}
