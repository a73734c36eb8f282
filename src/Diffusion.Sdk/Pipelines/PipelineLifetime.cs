namespace Diffusion.Sdk.Pipelines;

/// <summary>
/// Counts the runs of a pipeline, so that what it owns is disposed by whoever is last: <see cref="Dispose"/>, or the
/// last run, which a disposal stops. So disposing never waits, not even when a run's own callback does it.
/// </summary>
/// <param name="owner">The type named in <see cref="ObjectDisposedException"/>.</param>
/// <param name="owned">What is disposed in the end; null for nothing.</param>
/// <param name="around">That of the pipeline whose weights are used: its disposal stops these runs too, and waits for
/// them with what it owns; null for none.</param>
internal sealed class PipelineLifetime(Type owner, IDisposable? owned, PipelineLifetime? around = null) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private int _runs;
    private bool _disposed;

    /// <exception cref="ObjectDisposedException">The pipeline is disposed.</exception>
    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, owner);

    /// <summary>Does work that a disposal stops.</summary>
    /// <param name="work">The work; its token is cancelled by the caller's or by a disposal.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <exception cref="ObjectDisposedException">The pipeline is disposed, or was while the work ran.</exception>
    public T Run<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
            return around is null ? work(either.Token) : around.Run(work, either.Token);
        }
        catch (OperationCanceledException) when (
            !cancellationToken.IsCancellationRequested && _stop.IsCancellationRequested)
        {
            throw new ObjectDisposedException(owner.FullName, "The pipeline was disposed while it generated.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller knows its own token, not the linked one.
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }
            _disposed = true;
            _runs++; // as a run, so that no other is the last before the signal is given
        }
        try
        {
            _stop.Cancel();
        }
        finally
        {
            Leave();
        }
    }

    private void Enter()
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            _runs++;
        }
    }

    private void Leave()
    {
        bool last;
        lock (_gate)
        {
            last = --_runs == 0 && _disposed;
        }
        if (last)
        {
            owned?.Dispose();
            _stop.Dispose();
        }
    }
}
