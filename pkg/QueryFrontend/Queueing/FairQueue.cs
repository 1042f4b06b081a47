using System.Globalization;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.PromQL;

namespace RemoteStore.QueryFrontend.Queueing;

/// <summary>
/// Lets a number of queries be computed at once. Those that wait take turns by tenant, so that a tenant with many of them delays only its own. Safe for
/// concurrent use.
/// </summary>
/// <param name="maxConcurrency">Most slots given out at once.</param>
/// <param name="limits">Tells how many of them a tenant may have, and how many of its queries may wait.</param>
/// <param name="metrics">Where it counts.</param>
internal sealed class FairQueue(int maxConcurrency, ITenantLimitsProvider limits, QueryFrontendMetrics metrics)
{
    private readonly Lock _lock = new(); // guards everything below, and the tenants
    private readonly Dictionary<TenantId, TenantQueue> _tenants = [];
    private readonly LinkedList<TenantQueue> _turns = new(); // tenants with queries that wait; the first one is next
    private int _running;
    private int _waiting;

    /// <summary>Takes a slot, waiting for it when there is none.</summary>
    /// <param name="tenant">Whose query.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>The slot; dispose it.</returns>
    /// <exception cref="QueryException">Too many of its queries wait.</exception>
    /// <exception cref="OperationCanceledException">It did not want to wait any longer.</exception>
    public async ValueTask<QuerySlot> EnterAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        QueryWaiter waiter;
        lock (_lock)
        {
            if (TryTake(tenant, out QuerySlot? slot))
            {
                return slot!;
            }

            waiter = Enqueue(tenant);
        }

        using CancellationTokenRegistration registration = cancellationToken.Register(() => Cancel(waiter, cancellationToken));
        return await waiter.Granted.Task.ConfigureAwait(false);
    }

    /// <summary>Takes a slot that nobody waits for; null when there is none.</summary>
    public QuerySlot? TryEnter(TenantId tenant)
    {
        lock (_lock)
        {
            return _waiting == 0 && TryTake(tenant, out QuerySlot? slot) ? slot : null;
        }
    }

    private bool TryTake(TenantId tenant, out QuerySlot? slot)
    {
        TenantQueue queue = Find(tenant);
        bool free = _running < maxConcurrency && queue.Running < MostOf(tenant) && queue.Waiters.Count == 0;
        slot = free ? Grant(queue) : null;
        Forget(queue);
        return free;
    }

    private QueryWaiter Enqueue(TenantId tenant)
    {
        TenantQueue queue = Find(tenant);
        int most = limits.For(tenant).Queries.MaxQueued;
        if (most > 0 && queue.Waiters.Count >= most)
        {
            metrics.Rejected(RejectReason.QueueFull);
            throw new QueryException(
                QueryErrorKind.TooManyRequests,
                string.Create(CultureInfo.InvariantCulture, $"{queue.Waiters.Count} queries of tenant {tenant} wait, the limit is {most} ({TenantQueryLimits.MaxQueuedOption})"));
        }

        var waiter = new QueryWaiter(queue);
        queue.Waiters.AddLast(waiter.Node);
        if (queue.Waiters.Count == 1)
        {
            _turns.AddLast(queue.Turn);
        }

        metrics.QueueHas(++_waiting);
        return waiter;
    }

    private void Cancel(QueryWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (waiter.Node.List is null)
            {
                return; // it has its slot
            }

            Dequeue(waiter);
            Forget(waiter.Queue);
        }

        waiter.Granted.TrySetCanceled(cancellationToken);
    }

    /// <summary>Takes a slot back and gives it to whose turn it is.</summary>
    internal void Release(TenantQueue queue)
    {
        lock (_lock)
        {
            _running--;
            queue.Running--;
            Forget(queue);
            while (_running < maxConcurrency && NextTurn() is { } next)
            {
                _turns.Remove(next.Turn);
                _turns.AddLast(next.Turn);
                QueryWaiter waiter = next.Waiters.First!.Value;
                Dequeue(waiter);
                waiter.Granted.SetResult(Grant(next));
            }

            metrics.Runs(_running);
        }
    }

    /// <summary>The tenant whose turn it is and that may have a slot.</summary>
    private TenantQueue? NextTurn()
    {
        foreach (TenantQueue queue in _turns)
        {
            if (queue.Running < MostOf(queue.Tenant))
            {
                return queue;
            }
        }

        return null;
    }

    private void Dequeue(QueryWaiter waiter)
    {
        TenantQueue queue = waiter.Queue;
        queue.Waiters.Remove(waiter.Node);
        if (queue.Waiters.Count == 0)
        {
            _turns.Remove(queue.Turn);
        }

        metrics.QueueHas(--_waiting);
    }

    private QuerySlot Grant(TenantQueue queue)
    {
        queue.Running++;
        metrics.Runs(++_running);
        return new QuerySlot(this, queue);
    }

    private int MostOf(TenantId tenant) => limits.For(tenant).Queries.MaxConcurrency is var most and > 0 ? most : maxConcurrency;

    private TenantQueue Find(TenantId tenant)
    {
        if (!_tenants.TryGetValue(tenant, out TenantQueue? queue))
        {
            _tenants[tenant] = queue = new TenantQueue(tenant);
        }

        return queue;
    }

    /// <summary>Names of tenants come from requests: nothing of them stays.</summary>
    private void Forget(TenantQueue queue)
    {
        if (queue.Running == 0 && queue.Waiters.Count == 0)
        {
            _tenants.Remove(queue.Tenant);
        }
    }
}
