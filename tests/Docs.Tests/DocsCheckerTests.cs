namespace Docs.Tests;

/// <summary>The checker can fail: small pages, each with one fault.</summary>
public sealed class DocsCheckerTests : IDisposable
{
    private const string Snippets = """
        #region usings
        using System;
        #endregion

        public sealed class A
        {
            [Fact]
            public void Run()
            {
                #region one
                int i = 1;
                i++; // hidden

                Console.WriteLine(i);
                #endregion
            }
        }
        """;

    private const string Shown = """
        <!-- snippet: usings one -->
        ```csharp
        using System;

        int i = 1;

        Console.WriteLine(i);
        ```
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("docs-").FullName;

    public DocsCheckerTests()
    {
        Write("README.md", "# Read me\n\n[docs](docs/index.md#first-things)");
        Write("Makefile", "test: build ## Run\n");
        Write("samples/Ring/Program.cs", "int a = 1;\nint b = 2;\nint c = 3;\n");
        Write("docs/toc.yml", "- name: Start\n  href: index.md\n- name: API\n  href: api/\n");
        Write("docs/api/index.md", "# API");
        Write("docs/picture.png", "");
        Write("tests/Docs.Tests/Snippets/A.cs", Snippets);
        Page("");
    }

    [Fact]
    public void All_PagesInOrder_FindNothing()
    {
        Page("""
            [up](../README.md), [self](#first-things), ![a picture](picture.png), [far](https://example.org/x#y)
            <xref:A.B>, [a type](xref:A.B), [a method](xref:A.B.Run%2A), [a space](xref:A)
            `make test` and `NAME=Ring` and `samples/Ring` and `src/`

            ```
            NAME=Ring make test # make nothing
            ```

            <!-- snippet: samples/Ring/Program.cs -->
            ```csharp
            int a = 1;

            int c = 3;
            ```
            """);
        DocsChecker checker = Checker();

        string[] problems =
            [.. checker.Links(), .. checker.TableOfContents(), .. checker.Snippets(), .. checker.Commands()];

        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("[x](nowhere.md)", "docs/index.md:5: nowhere.md leads to docs/nowhere.md, which does not exist")]
    [InlineData("![x](no.png)", "docs/index.md:5: no.png leads to docs/no.png, which does not exist")]
    [InlineData("[x](../README.md#no)", "docs/index.md:5: ../README.md#no: README.md has no heading #no")]
    [InlineData("[x](#no)", "docs/index.md:5: #no: docs/index.md has no heading #no")]
    [InlineData("[x](xref:A.C)", "docs/index.md:5: xref A.C is no member of the API")]
    [InlineData("<xref:A.B.Walk>", "docs/index.md:5: xref A.B.Walk is no member of the API")]
    public void Links_Broken_AreNamed(string text, string problem)
    {
        Page(text);
        Assert.Equal([problem], Checker().Links());
    }

    [Fact]
    public void TableOfContents_PageMissingOrTooMany_IsNamed()
    {
        Write("docs/new.md", "# New");
        Write("docs/toc.yml", "- href: index.md\n- items:\n  - href: old.md\n  - href: index.md\n- href: api/\n");
        Assert.Equal(
            [
                "docs/toc.yml: docs/new.md is missing; give it an entry", "docs/toc.yml: there is no page docs/old.md",
                "docs/toc.yml: docs/index.md is there 2 times",
            ],
            Checker().TableOfContents());
    }

    [Theory]
    [InlineData("i = 1", "i = 2", "snippet usings one: line 3 is \"int i = 2;\", but the snippet has \"int i = 1;\"")]
    [InlineData(
        "Console", "i++;\nConsole",
        "snippet usings one: line 5 is \"i++;\", but the snippet has \"Console.WriteLine(i);\"")]
    [InlineData("\nConsole.WriteLine(i);", "", "snippet usings one: line 4 is \"(end)\", but the snippet has \"\"")]
    [InlineData("usings one", "usings two", "snippet usings two: there is no #region two in the snippets")]
    [InlineData("usings one", "samples/No.cs", "snippet samples/No.cs: samples/No.cs is no file of samples or src")]
    [InlineData(
        "usings one", "samples/Ring/Program.cs",
        "snippet samples/Ring/Program.cs: samples/Ring/Program.cs has no lines \"using System;\"")]
    [InlineData("csharp", "cs", "a block in \"cs\"; expected one of bash, csharp, json, python, xml, or none")]
    [InlineData(
        "<!-- snippet: usings one -->", "",
        "a block of C# without <!-- snippet: NAME --> before it, so nothing says that it compiles; "
        + "NAME is a #region of tests/Docs.Tests/Snippets, or a file of samples that has these lines")]
    public void Snippets_ChangedOrUnmarked_AreNamed(string before, string now, string problem)
    {
        Page(Shown.Replace(before, now, StringComparison.Ordinal), withSnippet: false);
        Assert.Contains(Checker().Snippets(), found => found.EndsWith($": {problem}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[Fact]", "", "A.cs:10: region one is in no test, so nothing runs it")]
    [InlineData("[Fact]", "", "A.cs:1: the file of region usings has no test")]
    [InlineData("#region usings", "#region one", "A.cs:15: there are two regions one")]
    public void Snippets_OfCodeThatNothingRuns_AreNamed(string before, string now, string problem)
    {
        Write("tests/Docs.Tests/Snippets/A.cs", Snippets.Replace(before, now, StringComparison.Ordinal));
        Assert.Contains(problem, Checker().Snippets());
    }

    [Fact]
    public void Snippets_NotShown_AreNamed()
    {
        Page("", withSnippet: false);
        Assert.Equal(["no page shows the region usings", "no page shows the region one"], Checker().Snippets());
    }

    [Theory]
    [InlineData("`make tea`", "docs/index.md: \"make tea\", but the Makefile has no target tea")]
    [InlineData("```\nA=b make tea # now\n```", "docs/index.md: \"A=b make tea\", but the Makefile has no target tea")]
    [InlineData("`NAME=Roll`", "docs/index.md: \"NAME=Roll\", but there is no samples/Roll")]
    [InlineData("`samples/Roll`", "docs/index.md: there is no samples/Roll")]
    public void Commands_OfNothing_AreNamed(string text, string problem)
    {
        Page(text);
        Assert.Equal([problem], Checker().Commands());
    }

    [Fact]
    public void Names_OfNoMember_AreNamed()
    {
        Page("`String.Length`, `String.Width(3)`, `Ring.Width`, `length`");
        Assert.Equal(["docs/index.md: String has no member Width"], Checker().Names([typeof(string)]));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private DocsChecker Checker()
    {
        string xml = Path.Combine(_root, "a.xml");
        File.WriteAllText(xml, """
            <doc><members>
              <member name="T:A.B"/><member name="M:A.B.Run(System.Int32)"/><member name="M:A.B.#ctor"/>
            </members></doc>
            """);
        return new DocsChecker(_root, DocsChecker.ReadUids([xml]));
    }

    private void Page(string text, bool withSnippet = true) =>
        Write("docs/index.md", $"# Start\n\n## First things\n\n{text}\n\n{(withSnippet ? Shown : "")}\n");

    private void Write(string path, string text)
    {
        path = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
