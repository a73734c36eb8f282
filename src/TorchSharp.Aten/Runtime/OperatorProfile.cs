using System.Diagnostics;

namespace TorchSharp.Aten;

/// <summary>
/// Counts and times the operators that the current thread calls, until disposed; ours alone, not TorchSharp's. What
/// libtorch calls by itself in a backward pass is not seen.
/// </summary>
public sealed class OperatorProfile : IDisposable
{
    [ThreadStatic]
    private static OperatorProfile? s_current;

    private readonly Dictionary<string, (long Calls, long Ticks)> _operators = [];

    /// <summary>Begins to count.</summary>
    /// <exception cref="InvalidOperationException">This thread is counting already.</exception>
    public OperatorProfile()
    {
        if (s_current is not null)
        {
            throw new InvalidOperationException("This thread has an operator profile already.");
        }
        s_current = this;
    }

    /// <summary>Calls and time of each operator so far, by its name in the schema.</summary>
    public IReadOnlyDictionary<string, OperatorTime> Operators => _operators.ToDictionary(
        pair => pair.Key, pair => new OperatorTime(pair.Value.Calls, Stopwatch.GetElapsedTime(0, pair.Value.Ticks)));

    /// <summary>
    /// How often the bridge to libtorch was crossed so far: operators, questions about a tensor's size or type, and
    /// tensors freed.
    /// </summary>
    public long NativeCalls { get; private set; }

    internal static OperatorProfile? Current => s_current;

    internal static void CountCall()
    {
        if (s_current is { } profile)
        {
            profile.NativeCalls++;
        }
    }

    /// <summary>Ends the counting; the counts stay.</summary>
    public void Dispose() => s_current = s_current == this ? null : s_current;

    internal void Add(string name, long begin)
    {
        NativeCalls++;
        (long calls, long ticks) = _operators.GetValueOrDefault(name);
        _operators[name] = (calls + 1, ticks + Stopwatch.GetTimestamp() - begin);
    }
}
