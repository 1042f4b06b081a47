using RemoteStore.Model;

namespace RemoteStore.Querier.Sources;

/// <summary>The calls of one view or series set of a source: one after another, as its contract asks; none after one that was abandoned.</summary>
internal sealed class GuardedCalls(SourceGuard guard, QueryRange range)
{
    private volatile Task _settled = Task.CompletedTask;

    /// <summary>Completes, without error, when no call is under way any more, abandoned ones included.</summary>
    public Task Settled => _settled;

    /// <summary>Calls the source.</summary>
    /// <exception cref="Storage.Querying.MissingDataException">The source failed or took too long.</exception>
    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        if (!_settled.IsCompleted)
        {
            throw new InvalidOperationException("a call of this view is still under way");
        }

        cancellationToken.ThrowIfCancellationRequested();
        GuardedCall<T> started = guard.Start(range, call, cancellationToken);
        _settled = started.Settled;
        try
        {
            return await started.Answer.ConfigureAwait(false);
        }
        finally
        {
            if (!started.IsAbandoned)
            {
                await started.Settled.ConfigureAwait(false); // a moment: the source has returned
            }
        }
    }
}
