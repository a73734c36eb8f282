using System.Collections.Concurrent;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Diffusion.Sdk.Tests;

/// <summary>Counts the recorded cases that ran and says so, folder by folder, when the last golden test is done.</summary>
public sealed class GoldenTally(IMessageSink messages) : IDisposable
{
    private static readonly ConcurrentDictionary<string, bool> s_run = new();

    public static void Count(string path) => s_run.TryAdd(path, true);

    public void Dispose()
    {
        IEnumerable<string> folders = s_run.Keys
            .GroupBy(path => path[..path.IndexOf('/', StringComparison.Ordinal)])
            .OrderBy(folder => folder.Key, StringComparer.Ordinal)
            .Select(folder => $"{folder.Key} {folder.Count()}");
        messages.OnMessage(new DiagnosticMessage($"Recorded cases run: {string.Join(", ", folders)}"));
    }
}

/// <summary>Every class of golden tests belongs to this collection: <c>[Collection(GoldenCases.Name)]</c>.</summary>
[CollectionDefinition(Name)]
public sealed class GoldenCases : ICollectionFixture<GoldenTally>
{
    public const string Name = "Recorded cases";
}
