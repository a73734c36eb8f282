namespace Diffusion.Sdk.Files;

/// <summary>
/// Writes whole folders so that a reader finds the old ones or the new ones, never a mixture: the files go to a hidden
/// temporary folder beside the final one, are flushed to the disk, and the folder takes its name in one step.
/// </summary>
/// <remarks>
/// A new name is taken by one rename. An existing folder trades places with the new one in one step where the system
/// can do that (Linux); its other files, those which the new folder does not have, keep their place: they are linked
/// into the new folder first, and its access mode is kept. Elsewhere the old folder is renamed aside and the new one
/// into its
/// place; a process killed between the two leaves the old one as ".NAME.RANDOM.old", and <see cref="Recover"/> puts it
/// back. A failure deletes the temporary folder and leaves the old folder as it was.
/// </remarks>
public static class AtomicFolder
{
    /// <summary>
    /// A folder that holds more files of others than this is not replaced: it is hardly the right one.
    /// </summary>
    private const int MaxOtherFiles = 1000;

    private static readonly EnumerationOptions s_everythingInside =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>Writes a folder.</summary>
    /// <param name="path">The final name; missing parents are made.</param>
    /// <param name="write">Is given the temporary folder and writes all files into it.</param>
    /// <exception cref="IOException">
    /// The disk failed, or <paramref name="path"/> is a file, holds the current folder or more than 1,000 other files.
    /// </exception>
    public static void Write(string path, Action<string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string target = TemporaryPath.Resolve(path, folder: true);
        RequireReplaceable(target);
        Directory.CreateDirectory(TemporaryPath.Parent(target));
        string temporary = TemporaryPath.For(target, TemporaryPath.Writing);
        try
        {
            FileFaults.Reached(FileOperation.CreateFolder, temporary);
            Directory.CreateDirectory(temporary);
            write(temporary);
            FlushFiles(temporary);
            KeepOthers(target, temporary);
            FlushFolders(temporary);
            Replace(target, temporary);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }
        TryDelete(temporary); // now the old folder, if there was one
        NativeFiles.FlushFolder(TemporaryPath.Parent(target));
    }

    /// <summary>
    /// Cleans up beside a path after a process was killed: puts a folder back that was renamed aside, and deletes
    /// temporary folders. To be called when nobody is writing it: who was would fail.
    /// </summary>
    /// <param name="path">The final name.</param>
    /// <returns>How many folders were put back or deleted.</returns>
    public static int Recover(string path)
    {
        string target = TemporaryPath.Resolve(path, folder: true);
        string[] aside = [.. TemporaryPath.Leftovers(target, TemporaryPath.Replaced).Where(Directory.Exists)];
        string[] unfinished = [.. TemporaryPath.Leftovers(target, TemporaryPath.Writing).Where(Directory.Exists)];
        foreach (string folder in aside)
        {
            if (!Directory.Exists(target))
            {
                Directory.Move(folder, target);
            }
            else
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        Array.ForEach(unfinished, folder => Directory.Delete(folder, recursive: true));
        return aside.Length + unfinished.Length;
    }

    private static void RequireReplaceable(string target)
    {
        if (File.Exists(target))
        {
            throw new IOException($"{target} is a file, not a folder.");
        }
        string current = Environment.CurrentDirectory + Path.DirectorySeparatorChar;
        if (current.StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && Directory.Exists(target))
        {
            throw new IOException(
                $"{target} is or holds the current folder and cannot be replaced; choose a folder inside it.");
        }
    }

    private static void Replace(string target, string temporary)
    {
        if (!Directory.Exists(target))
        {
            FileFaults.Reached(FileOperation.Rename, target);
            Directory.Move(temporary, target);
            return;
        }
        try
        {
            NativeFiles.Exchange(temporary, target);
        }
        catch (PlatformNotSupportedException)
        {
            ReplaceInTwoSteps(target, temporary);
        }
    }

    private static void ReplaceInTwoSteps(string target, string temporary)
    {
        string aside = TemporaryPath.For(target, TemporaryPath.Replaced);
        FileFaults.Reached(FileOperation.Rename, aside);
        Directory.Move(target, aside);
        try
        {
            FileFaults.Reached(FileOperation.Rename, target);
            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Move(aside, target);
            throw;
        }
        TryDelete(aside);
    }

    // Links the files of the old folder that the new one does not have into the new one.
    private static void KeepOthers(string target, string temporary)
    {
        if (!Directory.Exists(target))
        {
            return;
        }
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
        }
        int kept = 0;
        KeepOthersOf(new DirectoryInfo(target), temporary, ref kept);
    }

    private static void KeepOthersOf(DirectoryInfo old, string created, ref int kept)
    {
        foreach (FileSystemInfo entry in old.EnumerateFileSystemInfos())
        {
            string inNew = Path.Combine(created, entry.Name);
            if (entry is DirectoryInfo folder && entry.LinkTarget is null)
            {
                if (!File.Exists(inNew))
                {
                    Directory.CreateDirectory(inNew);
                    KeepOthersOf(folder, inNew, ref kept);
                }
            }
            else if (!Path.Exists(inNew))
            {
                if (++kept > MaxOtherFiles)
                {
                    throw new IOException(
                        $"{old.FullName} holds too many files that do not belong to what is being saved "
                        + $"(more than {MaxOtherFiles}); choose another folder.");
                }
                NativeFiles.LinkOrCopy(entry.FullName, inNew);
            }
        }
    }

    private static void FlushFiles(string folder)
    {
        FileAccess access = OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read;
        foreach (string file in Directory.EnumerateFiles(folder, "*", s_everythingInside))
        {
            FileFaults.Reached(FileOperation.Flush, file);
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, access);
            RandomAccess.FlushToDisk(handle);
        }
    }

    private static void FlushFolders(string folder)
    {
        foreach (string inner in Directory.EnumerateDirectories(folder, "*", s_everythingInside))
        {
            NativeFiles.FlushFolder(inner);
        }
        NativeFiles.FlushFolder(folder);
    }

    private static void TryDelete(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Either a failure is on its way already, or the new folder is in place and only the old one's remains
            // are left.
        }
    }
}
