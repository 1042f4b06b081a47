using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Storage.Querying;

namespace RemoteStore.QueryFrontend.Queueing;

/// <summary>
/// Lets callers that ask the same at the same time share one evaluation. It goes on while one of them waits, and is cancelled when the last has gone. Safe for
/// concurrent use.
/// </summary>
/// <remarks>
/// A write that was acknowledged before a query was asked is in its answer: an evaluation that has begun to read is joined only while nothing was written since.
/// </remarks>
/// <param name="evaluate">Computes the answer.</param>
/// <param name="versions">Tells whether something was written.</param>
/// <param name="metrics">Where it counts.</param>
internal sealed class InFlightQueries(
    Func<QueryCall, InFlightQueries.Evaluation, CancellationToken, Task<QueryResult>> evaluate, IWriteVersions versions, QueryFrontendMetrics metrics)
    : IAsyncDisposable
{
    private readonly Lock _lock = new(); // guards everything below and the callers of evaluations
    private readonly Dictionary<QueryCall, Evaluation> _joinable = [];
    private readonly HashSet<Evaluation> _all = [];

    /// <summary>Answers a query.</summary>
    /// <param name="call">The query.</param>
    /// <param name="cancellationToken">Given up by this caller.</param>
    /// <exception cref="OperationCanceledException">This caller gave up.</exception>
    public async ValueTask<QueryResult> RunAsync(QueryCall call, CancellationToken cancellationToken)
    {
        Evaluation evaluation = Join(call);
        try
        {
            return await evaluation.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(evaluation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Evaluation[] running;
        lock (_lock)
        {
            running = [.. _all];
            _joinable.Clear();
        }

        foreach (Evaluation evaluation in running)
        {
            evaluation.Cancel();
        }

        await Task.WhenAll(running.Select(static evaluation => evaluation.Finished)).ConfigureAwait(false);
    }

    private Evaluation Join(QueryCall call)
    {
        QueryCall key = call with { Origin = QueryOrigin.Unknown, Progress = null };
        long writes = versions.Watch(call.Tenant, long.MinValue).Writes;
        lock (_lock)
        {
            if (_joinable.TryGetValue(key, out Evaluation? known) && known.SeesWrites(writes))
            {
                known.Callers++;
                known.Tell(call.Progress);
                metrics.Joined();
                return known;
            }

            var evaluation = new Evaluation(key) { Callers = 1 };
            evaluation.Tell(call.Progress);
            _joinable[key] = evaluation;
            _all.Add(evaluation);
            evaluation.Start(() => evaluate(key, evaluation, evaluation.Token), () => Remove(evaluation));
            return evaluation;
        }
    }

    private void Leave(Evaluation evaluation)
    {
        lock (_lock)
        {
            if (--evaluation.Callers > 0)
            {
                return;
            }

            RemoveKey(evaluation); // nobody joins what is about to be cancelled
        }

        evaluation.Cancel();
    }

    private void Remove(Evaluation evaluation)
    {
        lock (_lock)
        {
            RemoveKey(evaluation);
            _all.Remove(evaluation);
        }
    }

    private void RemoveKey(Evaluation evaluation)
    {
        if (_joinable.TryGetValue(evaluation.Key, out Evaluation? known) && known == evaluation)
        {
            _joinable.Remove(evaluation.Key);
        }
    }

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
}
