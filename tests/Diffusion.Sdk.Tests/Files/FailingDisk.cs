using Diffusion.Sdk.Files;

namespace Diffusion.Sdk.Tests.Files;

/// <summary>Counts the operations of a piece of work and makes each fail in turn.</summary>
internal static class FailingDisk
{
    /// <summary>What the work does to the disk.</summary>
    public static List<FileOperation> Record(Action work)
    {
        var operations = new List<FileOperation>();
        WithHook((operation, _) => operations.Add(operation), work);
        return operations;
    }

    /// <summary>
    /// Runs the work once for every operation it does, with that one failing, and looks at what is left.
    /// </summary>
    /// <param name="prepare">Makes the state before the work.</param>
    /// <param name="work">What is saved.</param>
    /// <param name="judge">Is given the operation that failed.</param>
    /// <returns>The operations that failed, in order.</returns>
    public static List<FileOperation> FailEach(Action prepare, Action work, Action<FileOperation> judge)
    {
        prepare();
        List<FileOperation> operations = Record(work);
        for (int failing = 0; failing < operations.Count; failing++)
        {
            prepare();
            int next = 0;
            var error = Assert.ThrowsAny<IOException>(() => WithHook(
                (operation, path) =>
                {
                    if (next++ == failing)
                    {
                        throw new IOException($"No space left on device: {operation} {path}");
                    }
                },
                work));
            Assert.StartsWith(
                $"No space left on device: {operations[failing]}", error.Message, StringComparison.Ordinal);
            judge(operations[failing]);
        }
        return operations;
    }

    public static void WithHook(Action<FileOperation, string> hook, Action work)
    {
        FileFaults.Hook = hook;
        try
        {
            work();
        }
        finally
        {
            FileFaults.Hook = null;
        }
    }
}
