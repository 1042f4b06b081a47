using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Storage.Querying;

namespace RemoteStore.QueryFrontend.Queueing;

/// <summary>One computation of an answer.</summary>
internal sealed class Evaluation : IDisposable
{
    private readonly Lock _lock = new(); // guards _watchers, _writes and _evaluates
    private readonly List<QueryProgress> _watchers = [];
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource<QueryResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _writes = -1;
    private bool _evaluates;

    internal Evaluation(QueryCall key)
    {
        Key = key;
        Token = _cancellation.Token;
    }

    internal QueryCall Key { get; }

    /// <summary>Callers that wait for it. Under the lock of the whole.</summary>
    internal int Callers { get; set; }

    /// <summary>Cancelled when no caller is left.</summary>
    internal CancellationToken Token { get; }

    /// <summary>The answer, or why there is none.</summary>
    internal Task<QueryResult> Answer => _answer.Task;

    /// <summary>Completes, without failing, when it holds nothing any more.</summary>
    internal Task Finished { get; private set; } = Task.CompletedTask;

    /// <summary>
    /// Notes what it will see at least, before it looks at anything: under the lock, or a caller that knows of a later write could still join.
    /// </summary>
    public void BeginReading(IWriteVersions versions)
    {
        lock (_lock)
        {
            _writes = versions.Watch(Key.Tenant, long.MinValue).Writes;
        }
    }

    /// <summary>What it has looked at is not the answer: it waits and looks again.</summary>
    public void BeginAnew()
    {
        lock (_lock)
        {
            _writes = -1;
        }
    }

    /// <summary>Tells all callers that it has its turn.</summary>
    public void BeginEvaluation()
    {
        lock (_lock)
        {
            _evaluates = true;
            _watchers.ForEach(static watcher => watcher.BeginEvaluation());
        }
    }

    /// <summary>Tells a caller when it begins to read.</summary>
    internal void Tell(QueryProgress? watcher)
    {
        lock (_lock)
        {
            if (watcher is not null && _evaluates)
            {
                watcher.BeginEvaluation();
            }
            else if (watcher is not null)
            {
                _watchers.Add(watcher);
            }
        }
    }

    /// <summary>True when it will see all of so many writes, or has yet to begin.</summary>
    internal bool SeesWrites(long writes)
    {
        lock (_lock)
        {
            return _writes < 0 || _writes == writes;
        }
    }

    internal void Start(Func<Task<QueryResult>> evaluate, Action finished) => Finished = Task.Run(() => RunAsync(evaluate, finished));

    internal void Cancel()
    {
        if (Answer.IsCompleted)
        {
            return;
        }

        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended just now.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();

    private async Task RunAsync(Func<Task<QueryResult>> evaluate, Action finished)
    {
        try
        {
            QueryResult result = await evaluate().ConfigureAwait(false);
            finished();
            _answer.SetResult(result);
        }
        catch (Exception e)
        {
            finished();
            _answer.SetException(e);
            _ = _answer.Task.Exception; // seen, though all callers may have gone
        }
        finally
        {
            Dispose();
        }
    }
}
