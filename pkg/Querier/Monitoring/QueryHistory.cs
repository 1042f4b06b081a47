using RemoteStore.Model;

namespace RemoteStore.Querier.Monitoring;

/// <summary>
/// Queries that ended lately, by tenant, within a bound of memory. When there is no room, the oldest of the tenant that takes most of it go, so that a busy
/// tenant does not push out what is remembered of others. Safe for concurrent use.
/// </summary>
internal sealed class QueryHistory(long maxBytes)
{
    private readonly Dictionary<TenantId, TenantQueries> _tenants = [];
    private readonly Lock _lock = new(); // guards everything here
    private long _bytes;

    /// <summary>Bytes taken now.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Remembers a query.</summary>
    public void Add(TenantId tenant, FinishedQuery query)
    {
        lock (_lock)
        {
            if (!_tenants.TryGetValue(tenant, out TenantQueries? queries))
            {
                _tenants[tenant] = queries = new TenantQueries();
            }

            queries.Queue.Enqueue(query);
            Count(queries, query.SizeBytes);
            while (_bytes > maxBytes)
            {
                RemoveOne();
            }
        }
    }

    /// <summary>Queries of one tenant that ended at that time or later, oldest first.</summary>
    public IReadOnlyList<FinishedQuery> Since(TenantId tenant, long endedMs)
    {
        lock (_lock)
        {
            return _tenants.TryGetValue(tenant, out TenantQueries? queries) ? [.. queries.Queue.Where(query => query.EndedMs >= endedMs)] : [];
        }
    }

    private void RemoveOne()
    {
        (TenantId tenant, TenantQueries largest) = _tenants.MaxBy(static pair => pair.Value.Bytes);
        Count(largest, -largest.Queue.Dequeue().SizeBytes);
        if (largest.Queue.Count == 0)
        {
            _tenants.Remove(tenant);
        }
    }

    private void Count(TenantQueries queries, int bytes)
    {
        queries.Bytes += bytes;
        _bytes += bytes;
    }

    private sealed class TenantQueries
    {
        public Queue<FinishedQuery> Queue { get; } = new();

        public long Bytes { get; set; }
    }
}
