using Prometheus;
using RemoteStore.Telemetry;

namespace RemoteStore.StoreGateway;

/// <summary>Instruments of the store-gateway.</summary>
public sealed class StoreGatewayMetrics
{
    private static readonly string[] s_reasons = ["corrupt", "gone", "storage"];

    private readonly Counter _reads;
    private readonly Counter _readBytes;
    private readonly Counter.Child _rawBlocks;
    private readonly Counter.Child _coarseBlocks;
    private readonly Counter _reloads;
    private readonly Gauge _blocks;
    private readonly Gauge _cacheBytes;
    private readonly Dictionary<string, Counter.Child> _failures;

    /// <summary>Creates the instruments in a registry.</summary>
    public StoreGatewayMetrics(MetricsRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _reads = registry.Counter("remotestore_store_gateway_reads_total", "Ranges of blocks that queries read from object storage.");
        _readBytes = registry.Counter("remotestore_store_gateway_read_bytes_total", "Bytes of blocks that queries read from object storage.");
        Counter selected = registry.Counter(
            "remotestore_store_gateway_selected_blocks_total", "Blocks that selections were read from, by tier: raw samples or windows.", "tier");
        _rawBlocks = selected.WithLabels("raw");
        _coarseBlocks = selected.WithLabels("coarse");
        _reloads = registry.Counter(
            "remotestore_store_gateway_index_reloads_total", "Times that a bucket index was loaded because a query met a block that was removed.");
        _blocks = registry.Gauge("remotestore_store_gateway_blocks", "Blocks that queries are answered from.");
        _cacheBytes = registry.Gauge("remotestore_store_gateway_cache_bytes", "Bytes of index and pages of blocks held in memory.");
        Counter failures = registry.Counter("remotestore_store_gateway_block_failures_total", "Reads of a block that failed, by reason.", "reason");
        _failures = s_reasons.ToDictionary(static reason => reason, reason => failures.WithLabels(reason), StringComparer.Ordinal);
    }

    internal void Read(int bytes)
    {
        _reads.Inc();
        _readBytes.Inc(bytes);
    }

    internal void BlockSelected(bool isRaw) => (isRaw ? _rawBlocks : _coarseBlocks).Inc();

    internal void IndexReloaded() => _reloads.Inc();

    internal void BlockFailed(string reason) => _failures[reason].Inc();

    internal void BlocksChanged(int change) => _blocks.Inc(change);

    internal void CacheHolds(long bytes) => _cacheBytes.Set(bytes);
}
