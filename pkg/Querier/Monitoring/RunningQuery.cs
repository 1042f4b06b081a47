using RemoteStore.PromQL.Service;

namespace RemoteStore.Querier.Monitoring;

/// <summary>A query that waits or runs. <see cref="Cancel"/> may come from anywhere, the rest from who runs it.</summary>
internal sealed class RunningQuery : IDisposable
{
    private readonly CancellationTokenSource _cancellation;
    private readonly QueryProgress _progress;

    public RunningQuery(string id, QueryCall call, long startedMs, long startedTimestamp, CancellationToken cancellationToken)
    {
        Id = id;
        StartedMs = startedMs;
        StartedTimestamp = startedTimestamp;
        _progress = call.Progress ?? new QueryProgress();
        Call = call with { Progress = _progress };
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Token = _cancellation.Token; // kept, for the source may be disposed when it is looked at
    }

    public string Id { get; }

    public QueryCall Call { get; }

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long StartedMs { get; }

    /// <summary>Of the clock's timestamps.</summary>
    public long StartedTimestamp { get; }

    /// <summary>Cancelled when the caller gives up or somebody cancels the query.</summary>
    public CancellationToken Token { get; }

    public bool IsQueued => !_progress.IsEvaluating;

    /// <summary>Asks it to stop; false when it has ended.</summary>
    public bool Cancel()
    {
        try
        {
            _cancellation.Cancel();
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();
}
