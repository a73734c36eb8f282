using System.Globalization;
using Diffusion.Sdk.Training;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace SampleKit;

/// <summary>
/// The log of a sample: a text file that later runs add to. What is said goes to the screen too; what the SDK logs goes
/// to the file alone, warnings excepted.
/// </summary>
internal sealed class RunLog : ILogger<DiffusionTrainer>, IDisposable
{
    private readonly StreamWriter _file;

    public RunLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    public void Say(string text)
    {
        Write(text);
        AnsiConsole.WriteLine(text);
    }

    public void Log<TState>(
        LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> format)
    {
        if (level >= LogLevel.Warning)
        {
            Say(format(state, error));
        }
        else if (level == LogLevel.Information)
        {
            Write(format(state, error));
        }
    }

    public bool IsEnabled(LogLevel level) => level >= LogLevel.Information;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose() => _file.Dispose();

    private void Write(string text)
    {
        lock (_file)
        {
            _file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:yyyy-MM-dd HH:mm:ss}  {text}"));
        }
    }
}
