namespace Diffusion.Sdk.Numerics;

/// <summary>
/// Runs work on dedicated threads, a bounded number at once. libtorch keeps state per thread (dispose scopes, gradient
/// mode, the pool of OpenMP workers), so a whole training or generation stays on one thread, and idle threads are used
/// again, the last one first. The threads are background threads and end after being idle for a while.
/// </summary>
/// <remarks>Safe on any number of threads at once. There is nothing to dispose.</remarks>
public sealed class TorchWorker
{
    [ThreadStatic]
    private static bool s_isWorkerThread;

    private readonly Lock _gate = new();
    private readonly LinkedList<WorkerItem> _queue = new();
    private readonly List<WorkerThread> _idle = [];
    private readonly TimeSpan _idleTimeout;
    private int _threads;

    /// <summary>Makes a worker without threads yet.</summary>
    /// <param name="maxConcurrency">
    /// How many pieces of work run at once at most; at least 1. Others wait in order.
    /// </param>
    /// <param name="idleTimeout">After how long an idle thread ends; more than zero.</param>
    /// <value>Null for <paramref name="idleTimeout"/> means 30 seconds.</value>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside of its range.</exception>
    public TorchWorker(int maxConcurrency, TimeSpan? idleTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        _idleTimeout = idleTimeout ?? TimeSpan.FromSeconds(30);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_idleTimeout, TimeSpan.Zero, nameof(idleTimeout));
        MaxConcurrency = maxConcurrency;
    }

    /// <summary>The worker of code that brings none: as many runs at once as the machine has processors.</summary>
    public static TorchWorker Shared { get; } = new(Environment.ProcessorCount);

    /// <summary>Whether the calling thread belongs to a <see cref="TorchWorker"/>.</summary>
    public static bool IsWorkerThread => s_isWorkerThread;

    /// <summary>How many pieces of work run at once at most.</summary>
    public int MaxConcurrency { get; }

    /// <summary>How many threads live now, busy or idle.</summary>
    internal int ThreadCount
    {
        get
        {
            lock (_gate)
            {
                return _threads;
            }
        }
    }

    /// <summary>How many threads wait for work.</summary>
    internal int IdleCount
    {
        get
        {
            lock (_gate)
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>
    /// Runs the work and waits for it. Called from a worker's thread it runs right there, so it cannot block itself.
    /// </summary>
    /// <param name="work">What to do.</param>
    /// <param name="cancellationToken">
    /// Takes the work out of the queue; work that has begun watches the token itself.
    /// </param>
    /// <returns>What the work returned. Its exceptions arrive with their stack.</returns>
    /// <exception cref="OperationCanceledException">
    /// The token was cancelled before the work began, or the work said so.
    /// </exception>
    public T Run<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (s_isWorkerThread)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return work();
        }
        return RunAsync(work, cancellationToken).GetAwaiter().GetResult();
    }

    /// <summary>
    /// Runs the work on a worker's thread. It is queued even when called from a worker's thread: who is on one already
    /// and wants to wait for the result calls <see cref="Run"/> instead, because the queue may be waiting for the
    /// caller.
    /// </summary>
    /// <param name="work">What to do; the caller's execution context flows into it.</param>
    /// <param name="cancellationToken">
    /// Takes the work out of the queue; work that has begun watches the token itself.
    /// </param>
    /// <returns>
    /// A task with the result, the exception or the cancellation of the work; it continues on other threads.
    /// </returns>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }
        var item = new WorkerItem<T>(work, cancellationToken);
        Enqueue(item);
        item.WatchCancellation(Remove);
        return item.Task;
    }

    private void Enqueue(WorkerItem item)
    {
        lock (_gate)
        {
            if (_idle.Count > 0)
            {
                WorkerThread last = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                last.Give(item);
            }
            else if (_threads < MaxConcurrency)
            {
                _threads++;
                var started = new WorkerThread(this);
                started.Give(item);
                started.Start();
            }
            else
            {
                _queue.AddLast(item);
            }
        }
    }

    private void Remove(WorkerItem item)
    {
        lock (_gate)
        {
            _queue.Remove(item);
        }
    }

    /// <summary>
    /// One thread: it waits for an item, runs it, then takes the queue's next or lies down among the idle.
    /// </summary>
    private sealed class WorkerThread(TorchWorker owner)
    {
        private readonly object _signal = new();
        private WorkerItem? _item;

        public void Start() => new Thread(Loop) { IsBackground = true, Name = "Diffusion worker" }.Start();

        // Called under the owner's gate, and only while the thread is new or idle.
        public void Give(WorkerItem item)
        {
            lock (_signal)
            {
                _item = item;
                Monitor.Pulse(_signal);
            }
        }

        private void Loop()
        {
            s_isWorkerThread = true;
            TorchThreads.Begin();
            while (WaitForItem() || !TryEnd())
            {
                for (WorkerItem? item = Take(); item is not null; item = NextOrIdle())
                {
                    item.Execute();
                }
            }
        }

        private bool WaitForItem()
        {
            lock (_signal)
            {
                return _item is not null || Monitor.Wait(_signal, owner._idleTimeout);
            }
        }

        private WorkerItem? Take()
        {
            lock (_signal)
            {
                WorkerItem? item = _item;
                _item = null;
                return item;
            }
        }

        private WorkerItem? NextOrIdle()
        {
            lock (owner._gate)
            {
                if (owner._queue.First is { } first)
                {
                    owner._queue.RemoveFirst();
                    return first.Value;
                }
                owner._idle.Add(this);
                return null;
            }
        }

        // Ends unless an item was given after the wait had timed out.
        private bool TryEnd()
        {
            lock (owner._gate)
            {
                bool isIdle = owner._idle.Remove(this);
                owner._threads -= isIdle ? 1 : 0;
                return isIdle;
            }
        }
    }
}
