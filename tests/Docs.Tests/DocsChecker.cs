using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Docs.Tests;

/// <summary>
/// Holds README.md and every page under docs against what they speak of. Each rule gives one line for each problem,
/// with the page and the line it is on.
/// </summary>
internal sealed partial class DocsChecker
{
    private static readonly string[] s_languages = ["", "bash", "csharp", "json", "python", "xml"];

    private readonly string _root;
    private readonly HashSet<string> _uids;
    private readonly SnippetSource _snippets;

    /// <param name="root">The folder of README.md, docs and Makefile.</param>
    /// <param name="uids">What an xref may name.</param>
    public DocsChecker(string root, HashSet<string> uids)
    {
        (_root, _uids) = (root, uids);
        Pages =
        [
            .. Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)
                .Append(Path.Combine(root, "README.md"))
                .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
                .Where(path => !path.StartsWith("docs/_site/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(path => new Page(path, File.ReadAllText(Path.Combine(root, path)))),
        ];
        _snippets = new SnippetSource(root, Path.Combine(root, "tests", "Docs.Tests", "Snippets"));
    }

    public IReadOnlyList<Page> Pages { get; }

    /// <summary>The ids of docfx: those of the compiler's XML files without the letter in front, a method's without its
    /// parameters and with a star for all its overloads, and namespaces.</summary>
    public static HashSet<string> ReadUids(IEnumerable<string> xmlFiles)
    {
        string[] members =
            [.. xmlFiles.SelectMany(path => XDocument.Load(path).Descendants("member"))
                .Select(member => member.Attribute("name")!.Value)];
        return
        [
            .. members.Select(member => member[2..]),
            .. members.Where(member => member[0] == 'M').Select(member => member[2..].Split('(')[0] + "*"),
            .. members.Where(member => member[0] == 'T').Select(member => member[2..member.LastIndexOf('.')]),
        ];
    }

    /// <summary>Relative links and pictures lead to files, anchors to headings, xrefs to members.</summary>
    public IEnumerable<string> Links() =>
        from page in Pages
        from link in page.Links
        let problem = Problem(page, link.Url)
        where problem is not null
        select $"{page.Path}:{link.Line}: {problem}";

    /// <summary>Every page is in toc.yml, and every entry there is a page.</summary>
    public IEnumerable<string> TableOfContents()
    {
        string[] entries =
        [
            .. TocEntry().Matches(File.ReadAllText(Path.Combine(_root, "docs", "toc.yml")))
                .Select(match => match.Groups[1].Value)
                .Select(href => "docs/" + (href.EndsWith('/') ? href + "index.md" : href)),
        ];
        string[] pages = [.. Pages.Select(page => page.Path).Where(path => path != "README.md")];
        return pages.Except(entries).Select(page => $"docs/toc.yml: {page} is missing; give it an entry")
            .Concat(entries.Except(pages).Select(entry => $"docs/toc.yml: there is no page {entry}"))
            .Concat(entries.GroupBy(entry => entry).Where(group => group.Count() > 1)
                .Select(group => $"docs/toc.yml: {group.Key} is there {group.Count()} times"));
    }

    /// <summary>Every block of C# is cut from code that is compiled and run, and all of that code is shown.</summary>
    public IEnumerable<string> Snippets()
    {
        string[] shown = [.. Pages.SelectMany(page => page.Blocks).SelectMany(block => block.Marker?.Split(' ') ?? [])];
        return _snippets.Problems
            .Concat(_snippets.Names.Except(shown).Select(name => $"no page shows the region {name}"))
            .Concat(
                from page in Pages
                from block in page.Blocks
                let problem = Problem(block)
                where problem is not null
                select $"{page.Path}:{block.Line}: {problem}");
    }

    /// <summary>Targets of make are in the Makefile, samples and paths in the tree.</summary>
    public IEnumerable<string> Commands()
    {
        string makefile = File.ReadAllText(Path.Combine(_root, "Makefile"));
        string[] targets = [.. Target().Matches(makefile).Select(match => match.Groups[1].Value)];
        foreach (Page page in Pages)
        {
            string[] commands =
            [
                .. page.InlineCode,
                .. page.Blocks.Where(block => block.Language is "" or "bash").SelectMany(block => block.Lines)
                    .Select(line => line.Split('#')[0]),
            ];
            foreach (string command in commands)
            {
                if (Make().Match(command) is { Success: true } make && !targets.Contains(make.Groups[1].Value))
                {
                    yield return $"{page.Path}: \"{command.Trim()}\", but the Makefile has no target {make.Groups[1]}";
                }
                if (SampleName().Match(command) is { Success: true } name
                    && !File.Exists(Path.Combine(_root, "samples", name.Groups[1].Value, "Program.cs")))
                {
                    yield return $"{page.Path}: \"{command.Trim()}\", but there is no samples/{name.Groups[1]}";
                }
                if (TreePath().IsMatch(command) && !Path.Exists(Path.Combine(_root, command)))
                {
                    yield return $"{page.Path}: there is no {command}";
                }
            }
        }
    }

    /// <summary>Code in a line of text such as <c>Samples.ToPoints()</c> names a member that there is.</summary>
    /// <param name="types">The public types of the SDK.</param>
    public IEnumerable<string> Names(IEnumerable<Type> types)
    {
        ILookup<string, Type> byName = types.ToLookup(type => type.Name);
        return
            from page in Pages
            from code in page.InlineCode
            let name = MemberName().Match(code)
            where name.Success && byName.Contains(name.Groups[1].Value)
                && byName[name.Groups[1].Value].All(type => type.GetMember(name.Groups[2].Value).Length == 0)
            select $"{page.Path}: {name.Groups[1]} has no member {name.Groups[2]}";
    }

    private string? Problem(Page page, string url)
    {
        if (url.StartsWith("xref:", StringComparison.Ordinal))
        {
            string uid = Uri.UnescapeDataString(url["xref:".Length..]);
            return _uids.Contains(uid) ? null : $"xref {uid} is no member of the API";
        }
        if (Scheme().IsMatch(url))
        {
            return null; // other sites are not asked
        }
        (string path, string anchor) = url.Split('#') is [var file, var id] ? (file, id) : (url, "");
        string folder = Path.Combine(_root, Path.GetDirectoryName(page.Path)!);
        string target = path.Length == 0
            ? page.Path
            : Path.GetRelativePath(_root, Path.Combine(folder, path)).Replace('\\', '/');
        if (!Path.Exists(Path.Combine(_root, target)))
        {
            return $"{url} leads to {target}, which does not exist";
        }
        Page? there = Pages.FirstOrDefault(other => other.Path == target);
        return anchor.Length == 0 || there?.Anchors.Contains(anchor) == true
            ? null
            : $"{url}: {target} has no heading #{anchor}";
    }

    private string? Problem(CodeBlock block) => block switch
    {
        _ when !s_languages.Contains(block.Language) =>
            $"a block in \"{block.Language}\"; expected one of {string.Join(", ", s_languages.Skip(1))}, or none",
        { Language: not "csharp", Marker: null } => null,
        { Marker: { } marker } => _snippets.Compare(marker, block.Lines) is { } problem
            ? $"snippet {marker}: {problem}"
            : null,
        _ => "a block of C# without <!-- snippet: NAME --> before it, so nothing says that it compiles; " +
            "NAME is a #region of tests/Docs.Tests/Snippets, or a file of samples that has these lines",
    };

    [GeneratedRegex(@"^\s*(?:- )?href:\s*(\S+)\s*$", RegexOptions.Multiline)]
    private static partial Regex TocEntry();

    [GeneratedRegex("^([a-z]+):", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex(@"(?:^|\s)make ([a-z]+)")]
    private static partial Regex Make();

    [GeneratedRegex(@"\bNAME=(\w+)")]
    private static partial Regex SampleName();

    [GeneratedRegex(@"^(src|tests|samples|docs|\.ci)/[\w./-]+$")]
    private static partial Regex TreePath();

    [GeneratedRegex(@"^(?:new )?([A-Z]\w+)\.([A-Z]\w+)")]
    private static partial Regex MemberName();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Scheme();
}
