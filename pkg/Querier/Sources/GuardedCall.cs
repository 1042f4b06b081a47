using RemoteStore.Model;

namespace RemoteStore.Querier.Sources;

/// <summary>One call of a guarded source, under way or over.</summary>
internal sealed class GuardedCall<T>
{
    private readonly SourceGuard _guard;
    private readonly Task<T> _task;

    public GuardedCall(SourceGuard guard, QueryRange range, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        _guard = guard;
        var cancellation = new CancellationTokenSource();
        CancellationToken token = cancellation.Token; // not the caller's: what listens to that must not be code of the source, which may block
        _task = Task.Run(() => call(token).AsTask(), CancellationToken.None);
        Answer = WaitAsync(range, cancellationToken);
        Settled = SettleAsync(cancellation);
    }

    /// <summary>The answer, or why there is none.</summary>
    public Task<T> Answer { get; }

    /// <summary>Completes, without error, when the source has returned and nothing of the call is left.</summary>
    public Task Settled { get; }

    /// <summary>True when <see cref="Answer"/> ended before the source returned.</summary>
    public bool IsAbandoned { get; private set; }

    private async Task<T> WaitAsync(QueryRange range, CancellationToken cancellationToken)
    {
        try
        {
            return await _guard.WaitAsync(_task, range, cancellationToken).ConfigureAwait(false);
        }
        catch when (!_task.IsCompleted)
        {
            IsAbandoned = true;
            _guard.NoteAbandoned(1);
            throw;
        }
    }

    private async Task SettleAsync(CancellationTokenSource cancellation)
    {
        await ((Task)Answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Answer.IsCompletedSuccessfully)
        {
            await EndAsync(cancellation).ConfigureAwait(false);
        }

        cancellation.Dispose();
    }

    private async Task EndAsync(CancellationTokenSource cancellation)
    {
        if (IsAbandoned)
        {
            await cancellation.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what listens may throw; the call is awaited all the same
        }

        try
        {
            if (await _task.ConfigureAwait(false) is IAsyncDisposable unused)
            {
                await unused.DisposeAsync().ConfigureAwait(false); // it came too late
            }
        }
        catch (Exception e)
        {
            if (IsAbandoned)
            {
                _guard.NoteAbandonedFailure(e);
            }
        }

        if (IsAbandoned)
        {
            _guard.NoteAbandoned(-1);
        }
    }
}
