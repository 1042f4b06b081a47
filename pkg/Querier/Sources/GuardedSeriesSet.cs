using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Sources;

/// <summary>Series of a guarded source.</summary>
internal sealed class GuardedSeriesSet(SourceGuard guard, GuardedCalls calls, ISeriesSet inner) : ISeriesSet
{
    private readonly Lock _lock = new(); // guards _release
    private Task? _release;

    /// <summary>True when no call is under way.</summary>
    public bool IsSettled => calls.Settled.IsCompleted;

    /// <inheritdoc/>
    public SeriesBatch Current { get; set; } = new();

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        Current.Clear();
        if (!await calls.RunAsync(inner.MoveNextAsync, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        // The source fills a batch of its own: the caller's may be in other use before an abandoned call is over.
        SeriesBatch read = inner.Current;
        for (int i = 0; i < read.Count; i++)
        {
            Current.AddCopy(read, i);
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        bool waits = IsSettled;
        Task release = ReleaseAsync();
        if (waits)
        {
            await guard.ReleaseAsync(release).ConfigureAwait(false);
        }
    }

    /// <summary>Disposes the source's set once no call is under way; completes without error.</summary>
    public Task ReleaseAsync()
    {
        lock (_lock)
        {
            return _release ??= Task.Run(ReleaseInnerAsync);
        }
    }

    private async Task ReleaseInnerAsync()
    {
        try
        {
            await calls.Settled.ConfigureAwait(false);
            await inner.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            guard.NoteReleaseFailure(e);
        }
    }
}
