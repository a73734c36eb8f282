namespace Diffusion.Sdk.Numerics;

/// <summary>
/// Threads for a loop whose pieces are too short to queue: a piece is handed over in a few microseconds, without
/// memory. The others look for their next piece for a while, and then sleep. Belongs to the thread that made it.
/// </summary>
internal sealed class Team : IDisposable
{
    // A little more than what lies between two pieces of a training step.
    private static readonly TimeSpan s_lookout = TimeSpan.FromMicroseconds(100);

    private readonly Member[] _others;
    private Exception? _failure;
    private int _busy;

    /// <param name="members">How many there are, the caller among them; at least 1.</param>
    public Team(int members) =>
        _others = [.. Enumerable.Range(1, members - 1).Select(number => new Member(this, number))];

    /// <summary>How many there are.</summary>
    public int Members => _others.Length + 1;

    /// <summary>Every member does its piece; returns when all are done.</summary>
    /// <param name="piece">The work, given the number of the member, the caller's being 0.</param>
    public void Run(Action<int> piece)
    {
        Volatile.Write(ref _busy, _others.Length);
        foreach (Member other in _others)
        {
            other.Give(piece);
        }
        try
        {
            piece(0);
        }
        finally
        {
            var wait = new SpinWait();
            while (Volatile.Read(ref _busy) > 0)
            {
                wait.SpinOnce(sleep1Threshold: -1); // yields where there are fewer processors than members
            }
        }
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
        {
            throw new InvalidOperationException($"A part of the work failed: {failure.Message}", failure);
        }
    }

    public void Dispose() => Array.ForEach(_others, other => other.Dispose());

    private sealed class Member : IDisposable
    {
        private readonly Team _team;
        private readonly int _number;
        private readonly ManualResetEventSlim _given = new(initialState: false, spinCount: 0);
        private readonly Thread _thread;
        private Action<int>? _piece;
        private bool _ends;

        public Member(Team team, int number)
        {
            (_team, _number) = (team, number);
            _thread = new Thread(Loop) { IsBackground = true, Name = "Diffusion team" };
            _thread.Start();
        }

        public void Give(Action<int> piece)
        {
            Volatile.Write(ref _piece, piece);
            _given.Set();
        }

        public void Dispose()
        {
            Volatile.Write(ref _ends, true);
            _given.Set();
            _thread.Join();
            _given.Dispose();
        }

        private void Loop()
        {
            while (Next() is { } piece)
            {
                try
                {
                    piece(_number);
                }
                catch (Exception error)
                {
                    Volatile.Write(ref _team._failure, error);
                }
                Interlocked.Decrement(ref _team._busy);
            }
        }

        private Action<int>? Next()
        {
            long began = TimeProvider.System.GetTimestamp();
            while (!_given.IsSet && TimeProvider.System.GetElapsedTime(began) < s_lookout)
            {
                Thread.SpinWait(20);
            }
            _given.Wait();
            _given.Reset();
            return Volatile.Read(ref _ends) ? null : Volatile.Read(ref _piece);
        }
    }
}
