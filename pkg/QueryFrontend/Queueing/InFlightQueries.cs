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
    Func<QueryCall, Evaluation, CancellationToken, Task<QueryResult>> evaluate, IWriteVersions versions, QueryFrontendMetrics metrics)
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
}
