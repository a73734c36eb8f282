namespace Diffusion.Sdk.Numerics;

/// <summary>
/// A piece of work in the queue of a <see cref="TorchWorker"/>; it begins or is cancelled, never both.
/// </summary>
internal abstract class WorkerItem
{
    private int _claimed;

    public abstract void Execute();

    /// <summary>True for the first caller only: the one who may decide the item's fate.</summary>
    protected bool Claim() => Interlocked.Exchange(ref _claimed, 1) == 0;
}

/// <summary>Work with a result.</summary>
internal sealed class WorkerItem<T>(Func<T> work, CancellationToken cancellationToken) : WorkerItem
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    public Task<T> Task => _completion.Task;

    /// <summary>From now on a cancellation takes the item out of the queue, if it has not begun.</summary>
    public void WatchCancellation(Action<WorkerItem> remove)
    {
        CancellationTokenRegistration registration = cancellationToken.Register(() =>
        {
            if (Claim())
            {
                remove(this);
                _completion.TrySetCanceled(cancellationToken);
            }
        });
        _ = _completion.Task.ContinueWith(
            _ => registration.Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public override void Execute()
    {
        if (!Claim())
        {
            return;
        }
        if (_context is null)
        {
            Complete();
        }
        else
        {
            ExecutionContext.Run(_context, static item => ((WorkerItem<T>)item!).Complete(), this);
        }
    }

    private void Complete()
    {
        try
        {
            _completion.TrySetResult(work());
        }
        catch (OperationCanceledException cancelled)
        {
            _completion.TrySetCanceled(cancelled.CancellationToken);
        }
#pragma warning disable CA1031 // Every exception belongs to the caller who awaits the task; none may end the thread.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _completion.TrySetException(exception);
        }
    }
}
