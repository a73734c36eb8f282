using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Docs.Tests;

/// <summary>A link, a picture or an xref.</summary>
/// <param name="Line">Counted from 1.</param>
internal sealed record Link(string Url, int Line);

/// <summary>A block of code.</summary>
/// <param name="Language">What stands behind the fence; empty for nothing.</param>
/// <param name="Marker">What the comment <c>&lt;!-- snippet: ... --&gt;</c> before it says, or null.</param>
internal sealed record CodeBlock(string Language, string[] Lines, string? Marker, int Line);

/// <summary>What one Markdown file promises.</summary>
internal sealed class Page
{
    private const string MarkerStart = "<!-- snippet:", MarkerEnd = "-->";

    // The ids of headings as GitHub and docfx make them.
    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub).UsePipeTables().UsePreciseSourceLocation().Build();

    public Page(string path, string text)
    {
        Path = path;
        MarkdownDocument document = Markdown.Parse(text, s_pipeline);
        Anchors = [.. document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id!)];
        Links =
        [
            .. document.Descendants<LinkInline>().Select(link => new Link(link.Url!, link.Line + 1)),
            .. document.Descendants<AutolinkInline>().Select(link => new Link(link.Url, link.Line + 1)),
        ];
        InlineCode = [.. document.Descendants<CodeInline>().Select(code => code.Content)];
        Blocks = [.. document.Descendants<LeafBlock>().OfType<Markdig.Syntax.CodeBlock>().Select(BlockOf)];
    }

    /// <summary>From the root of the repository.</summary>
    public string Path { get; }

    public HashSet<string> Anchors { get; }

    public IReadOnlyList<Link> Links { get; }

    public IReadOnlyList<string> InlineCode { get; }

    public IReadOnlyList<CodeBlock> Blocks { get; }

    private static CodeBlock BlockOf(Markdig.Syntax.CodeBlock block)
    {
        ContainerBlock parent = block.Parent!;
        int place = parent.IndexOf(block);
        string before = place > 0 && parent[place - 1] is HtmlBlock html ? html.Lines.ToString().Trim() : "";
        string? marker = before.StartsWith(MarkerStart, StringComparison.Ordinal)
            ? before[MarkerStart.Length..].Replace(MarkerEnd, "", StringComparison.Ordinal).Trim()
            : null;
        string[] lines = block.Lines.ToString().TrimEnd('\n').Split('\n');
        return new CodeBlock((block as FencedCodeBlock)?.Info ?? "", lines, marker, block.Line + 1);
    }
}
