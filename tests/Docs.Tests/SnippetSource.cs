using System.Text.RegularExpressions;

namespace Docs.Tests;

/// <summary>
/// What snippets are cut from: regions of the files in tests/Docs.Tests/Snippets, whose methods are tests, and whole
/// files of the samples and the SDK, which other tests run. A line that ends in <c>// hidden</c> is not shown: it makes
/// a long run short, or looks at the result.
/// </summary>
internal sealed partial class SnippetSource
{
    private readonly string _root;
    private readonly Dictionary<string, string[]> _regions = new(StringComparer.Ordinal);

    /// <param name="root">The root of the repository.</param>
    /// <param name="folder">The folder of the regions.</param>
    public SnippetSource(string root, string folder)
    {
        _root = root;
        foreach (string path in Directory.GetFiles(folder, "*.cs").Order(StringComparer.Ordinal))
        {
            Read(Path.GetFileName(path), File.ReadAllLines(path));
        }
    }

    public IEnumerable<string> Names => _regions.Keys;

    /// <summary>Faults of the snippet files themselves.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Why a block is not what its marker says, or null.</summary>
    public string? Compare(string marker, string[] block)
    {
        string[] items = marker.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (items is [var path] && path.Contains('/', StringComparison.Ordinal))
        {
            return CompareWithFile(path, block);
        }
        if (Array.Find(items, item => !_regions.ContainsKey(item)) is { } unknown)
        {
            return $"there is no #region {unknown} in the snippets";
        }
        // Several regions, such as the usings of a file and a method's lines, with an empty line between them.
        string[] expected = [.. items.SelectMany((item, k) => k == 0 ? _regions[item] : ["", .. _regions[item]])];
        string[] shown = Dedent(block);
        int same = shown.Zip(expected, (one, other) => one == other).TakeWhile(equal => equal).Count();
        return same == expected.Length && same == shown.Length
            ? null
            : $"line {same + 1} is \"{At(shown)}\", but the snippet has \"{At(expected)}\"";

        string At(string[] lines) => lines.ElementAtOrDefault(same)?.Trim() ?? "(end)";
    }

    private string? CompareWithFile(string path, string[] block)
    {
        string file = Path.Combine(_root, path);
        if (path.Split('/')[0] is not ("samples" or "src") || !File.Exists(file))
        {
            return $"{path} is no file of samples or src";
        }
        string[] lines = File.ReadAllLines(file);
        // Pieces that are not neighbours in the file have an empty line between them.
        foreach (string piece in string.Join('\n', block.Select(line => line.TrimEnd())).Split("\n\n"))
        {
            string[] wanted = Dedent(piece.Split('\n'));
            if (!Enumerable.Range(0, lines.Length).Any(i =>
                i + wanted.Length <= lines.Length && Dedent(lines[i..(i + wanted.Length)]).SequenceEqual(wanted)))
            {
                return $"{path} has no lines \"{wanted[0]}\"{(wanted.Length > 1 ? " ..." : "")}";
            }
        }
        return null;
    }

    private void Read(string file, string[] lines)
    {
        string? name = null;
        var region = new List<string>();
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.StartsWith("#region ", StringComparison.Ordinal))
            {
                name = line["#region ".Length..];
                region.Clear();
                CheckIsRun(file, lines, i, name);
            }
            else if (line == "#endregion" && name is not null)
            {
                if (!_regions.TryAdd(name, Dedent(region)))
                {
                    Problems.Add($"{file}:{i + 1}: there are two regions {name}");
                }
                name = null;
            }
            else if (!line.EndsWith("// hidden", StringComparison.Ordinal))
            {
                region.Add(lines[i]);
            }
        }
    }

    // Lines of a method have to be those of a test; usings and types are what the tests of the file use.
    private void CheckIsRun(string file, string[] lines, int start, string name)
    {
        bool inMethod = lines[start].StartsWith("        ", StringComparison.Ordinal);
        int method = Array.FindLastIndex(lines, start, line => MemberStart().IsMatch(line));
        if (inMethod && (method < 1 || lines[method - 1].Trim() != "[Fact]"))
        {
            Problems.Add($"{file}:{start + 1}: region {name} is in no test, so nothing runs it");
        }
        if (!inMethod && !lines.Any(line => line.Trim() == "[Fact]"))
        {
            Problems.Add($"{file}:{start + 1}: the file of region {name} has no test");
        }
    }

    private static string[] Dedent(IEnumerable<string> lines)
    {
        string[] trimmed = [.. lines.Select(line => line.TrimEnd())];
        int margin = trimmed.Where(line => line.Length > 0)
            .Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return [.. trimmed.Select(line => line.Length > 0 ? line[margin..] : "")];
    }

    [GeneratedRegex("^    (public|private|internal|protected) ")]
    private static partial Regex MemberStart();
}
