using Microsoft.Extensions.Logging;

namespace Diffusion.Sdk.Tests;

/// <summary>Writes down what is logged, as "Level: message".</summary>
internal class ListLogger : ILogger
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) => Lines.Add($"{logLevel}: {formatter(state, exception)}");
}

/// <summary>The same for those who want the logger of a class.</summary>
internal sealed class ListLogger<T> : ListLogger, ILogger<T>;
