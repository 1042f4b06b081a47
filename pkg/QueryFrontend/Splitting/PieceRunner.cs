using RemoteStore.Model;
using RemoteStore.PromQL.Results;
using RemoteStore.QueryFrontend.Queueing;

namespace RemoteStore.QueryFrontend.Splitting;

/// <summary>
/// Computes pieces of a query one after another; several at once only in slots that nobody else wants, so that a long query never keeps others waiting longer than
/// one slot's worth.
/// </summary>
/// <param name="queue">Where further slots come from.</param>
/// <param name="maxConcurrency">Most pieces at once.</param>
internal sealed class PieceRunner(FairQueue queue, int maxConcurrency)
{
    /// <summary>Computes all pieces; the caller holds a slot for one at a time.</summary>
    /// <param name="tenant">Whose query.</param>
    /// <param name="pieces">The pieces.</param>
    /// <param name="compute">Computes one.</param>
    /// <param name="cancellationToken">Stops all.</param>
    /// <returns>The answers, in the order of the pieces.</returns>
    /// <exception cref="Exception">What the first piece that failed threw; the others are over then.</exception>
    public async Task<QueryResult[]> RunAsync(
        TenantId tenant, IReadOnlyList<StepRange> pieces, Func<StepRange, CancellationToken, ValueTask<QueryResult>> compute, CancellationToken cancellationToken)
    {
        var answers = new QueryResult[pieces.Count];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Exception? failure = null;
        int next = -1;
        var extra = new List<Task>();
        while (extra.Count + 1 < Math.Min(maxConcurrency, pieces.Count) && queue.TryEnter(tenant) is { } slot)
        {
            extra.Add(Task.Run(() => InSlotAsync(slot), CancellationToken.None));
        }

        await WorkAsync().ConfigureAwait(false);
        await Task.WhenAll(extra).ConfigureAwait(false);
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return answers;

        async Task InSlotAsync(QuerySlot slot)
        {
            using (slot)
            {
                await WorkAsync().ConfigureAwait(false);
            }
        }

        async Task WorkAsync()
        {
            try
            {
                for (int i = Interlocked.Increment(ref next); i < pieces.Count; i = Interlocked.Increment(ref next))
                {
                    stop.Token.ThrowIfCancellationRequested();
                    answers[i] = await compute(pieces[i], stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }
    }
}
