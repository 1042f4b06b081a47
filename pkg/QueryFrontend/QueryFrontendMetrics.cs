using Prometheus;
using RemoteStore.Telemetry;

namespace RemoteStore.QueryFrontend;

/// <summary>Why a query was refused without being computed.</summary>
internal enum RejectReason
{
    /// <summary>Too many of its tenant's queries wait.</summary>
    QueueFull,

    /// <summary>Its time range is too long.</summary>
    QueryLength,
}

/// <summary>How much of a range query the results cache could answer.</summary>
internal enum CacheOutcome
{
    /// <summary>All steps.</summary>
    Hit,

    /// <summary>Some steps.</summary>
    Partial,

    /// <summary>No step.</summary>
    Miss,
}

/// <summary>Metrics of the query frontend.</summary>
internal sealed class QueryFrontendMetrics
{
    private static readonly string[] s_outcomes = ["hit", "partial", "miss"];
    private static readonly string[] s_reasons = ["queue_full", "query_length"];

    private readonly Counter.Child[] _lookups;
    private readonly Counter _invalidated;
    private readonly Counter _evicted;
    private readonly Gauge _cacheBytes;
    private readonly Counter _joined;
    private readonly Counter _split;
    private readonly Counter _pieces;
    private readonly Counter _wholes;
    private readonly Gauge _queueLength;
    private readonly Gauge _running;
    private readonly Histogram _queueTime;
    private readonly Counter.Child[] _rejected;

    public QueryFrontendMetrics(MetricsRegistry registry)
    {
        Counter lookups = registry.Counter(
            "remotestore_query_frontend_cache_lookups_total", "Range queries looked up in the results cache, by how much of them it had.", "outcome");
        _lookups = [.. s_outcomes.Select(outcome => lookups.WithLabels(outcome))];
        _invalidated = registry.Counter(
            "remotestore_query_frontend_cache_invalidations_total", "Kept answers found out of date: by late writes, lost samples or retention.");
        _evicted = registry.Counter("remotestore_query_frontend_cache_evictions_total", "Queries whose kept answers made room for others.");
        _cacheBytes = registry.Gauge("remotestore_query_frontend_cache_bytes", "Size of kept answers.");
        _joined = registry.Counter("remotestore_query_frontend_joined_queries_total", "Queries answered by an evaluation that another caller had asked for.");
        _split = registry.Counter("remotestore_query_frontend_split_queries_total", "Range queries computed in several pieces.");
        _pieces = registry.Counter("remotestore_query_frontend_computed_pieces_total", "Pieces of range queries computed, whole ranges included.");
        _wholes = registry.Counter(
            "remotestore_query_frontend_recomputed_queries_total", "Range queries computed as a whole after their pieces did not tell the answer.");
        _queueLength = registry.Gauge("remotestore_query_frontend_queue_length", "Queries that wait for their turn.");
        _running = registry.Gauge("remotestore_query_frontend_running_queries", "Slots in use by queries being computed.");
        _queueTime = registry.Latency("remotestore_query_frontend_queue_duration_seconds", "Time queries waited for their turn.");
        Counter rejected = registry.Counter("remotestore_query_frontend_rejected_queries_total", "Queries refused, by reason.", "reason");
        _rejected = [.. s_reasons.Select(reason => rejected.WithLabels(reason))];
    }

    public void LookedUp(CacheOutcome outcome) => _lookups[(int)outcome].Inc();

    public void Invalidated(int extents) => _invalidated.Inc(extents);

    public void Evicted(int entries) => _evicted.Inc(entries);

    public void CacheHolds(long bytes) => _cacheBytes.Set(bytes);

    public void Joined() => _joined.Inc();

    public void Computes(int pieces)
    {
        _pieces.Inc(pieces);
        _split.Inc(pieces > 1 ? 1 : 0);
    }

    public void ComputesWhole() => _wholes.Inc();

    public void QueueHas(int queries) => _queueLength.Set(queries);

    public void Runs(int slots) => _running.Set(slots);

    public void Waited(TimeSpan time) => _queueTime.Observe(time.TotalSeconds);

    public void Rejected(RejectReason reason) => _rejected[(int)reason].Inc();
}
