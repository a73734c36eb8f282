using Spectre.Console;

namespace SampleKit;

/// <summary>Where samples write: a terminal, or plain text where the output goes to a file or a pipe.</summary>
public static class Screen
{
    private const int PlainWidth = 120;

    private static bool s_chosen;

    /// <summary>Chooses by where the output goes, unless a choice was made before.</summary>
    public static void Prepare()
    {
        if (!s_chosen)
        {
            Use(Console.Out, isTerminal: !Console.IsOutputRedirected);
        }
    }

    /// <summary>Has everything written as plain text.</summary>
    /// <param name="writer">Receives it.</param>
    public static void WriteTo(TextWriter writer) => Use(writer, isTerminal: false);

    private static void Use(TextWriter writer, bool isTerminal)
    {
        s_chosen = true;
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            // Left to itself, Spectre.Console looks at the terminal's name alone and colours files too.
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            AnsiConsole.Profile.Width = PlainWidth;
        }
    }
}
