using Prometheus;
using RemoteStore.Model;
using RemoteStore.Telemetry;
using RemoteStore.Tsdb.Heads;

namespace RemoteStore.Tsdb;

/// <summary>Instruments of the store.</summary>
public sealed class TsdbMetrics
{
    private readonly Counter _rowsAppended;
    private readonly Gauge _series;
    private readonly Gauge _seriesBytes;
    private readonly Counter _seriesEvicted;
    private readonly Histogram _evictionPause;
    private readonly Counter _rowsFlushed;
    private readonly Counter _flushFailures;
    private readonly Histogram _flushSeconds;
    private readonly Counter _rowsMerged;
    private readonly Counter _mergeFailures;
    private readonly Histogram _mergeSeconds;
    private readonly Counter _quarantined;
    private readonly Counter _logFailures;
    private readonly Counter _replayGaps;
    private readonly Gauge _parts;
    private readonly Gauge _partBytes;
    private readonly Gauge _partRows;
    private readonly Gauge _blocks;
    private readonly Gauge _blockSamples;
    private readonly Counter _samplesCut;
    private readonly Counter _cutFailures;
    private readonly Histogram _cutSeconds;
    private readonly Counter _blocksQuarantined;
    private readonly Gauge _storageBytes;

    /// <summary>Creates the instruments in a registry.</summary>
    public TsdbMetrics(MetricsRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        Registry = registry;
        _rowsAppended = registry.Counter("remotestore_tsdb_rows_appended_total", "Samples taken into memory, by tenant.", "tenant");
        _series = registry.Gauge("remotestore_tsdb_series", "Series known, by tenant.", "tenant");
        _seriesBytes = registry.Gauge("remotestore_tsdb_series_size_bytes", "Native memory of labels, states and index of the series, by tenant.", "tenant");
        _seriesEvicted = registry.Counter("remotestore_tsdb_series_evicted_total", "Series that left memory because all their samples are in blocks, by tenant.", "tenant");
        _evictionPause = registry.Latency("remotestore_tsdb_eviction_pause_seconds", "Time that writes of a tenant waited for an eviction.");
        _rowsFlushed = registry.Counter("remotestore_tsdb_rows_flushed_total", "Rows written from memory to parts.");
        _flushFailures = registry.Counter("remotestore_tsdb_flush_failures_total", "Flushes that did not succeed and were tried again.");
        _flushSeconds = registry.Latency("remotestore_tsdb_flush_duration_seconds", "Time to write memory to a part.");
        _rowsMerged = registry.Counter("remotestore_tsdb_rows_merged_total", "Rows read by merges.");
        _mergeFailures = registry.Counter("remotestore_tsdb_merge_failures_total", "Merges that did not succeed.");
        _mergeSeconds = registry.Latency("remotestore_tsdb_merge_duration_seconds", "Time of a merge.");
        _quarantined = registry.Counter("remotestore_tsdb_parts_quarantined_total", "Corrupt parts that were set aside.");
        _logFailures = registry.Counter("remotestore_wal_failures_total", "Times the write-ahead log failed and a new generation was needed.");
        _replayGaps = registry.Counter("remotestore_wal_replay_gaps_total", "Windows of log entries that replay could not read.");
        _parts = registry.Gauge("remotestore_tsdb_parts", "Live parts.");
        _partBytes = registry.Gauge("remotestore_tsdb_part_size_bytes", "Size of the live parts.");
        _partRows = registry.Gauge("remotestore_tsdb_part_rows", "Rows in the live parts.");
        _blocks = registry.Gauge("remotestore_tsdb_blocks", "Local blocks.");
        _blockSamples = registry.Gauge("remotestore_tsdb_block_samples", "Samples in the local blocks.");
        _samplesCut = registry.Counter("remotestore_tsdb_samples_cut_total", "Samples written from parts to blocks.");
        _cutFailures = registry.Counter("remotestore_tsdb_cut_failures_total", "Cuts that did not succeed and were tried again.");
        _cutSeconds = registry.Latency("remotestore_tsdb_cut_duration_seconds", "Time to make a block of parts.");
        _blocksQuarantined = registry.Counter("remotestore_tsdb_blocks_quarantined_total", "Damaged blocks that were set aside.");
        _storageBytes = registry.Gauge("remotestore_storage_bytes", "Bytes in the data directory, by kind of file.", "kind");
    }

    /// <summary>Where the instruments live.</summary>
    public MetricsRegistry Registry { get; }

    /// <summary>Counter of one tenant's rows; resolve it once per tenant.</summary>
    internal Counter.Child RowsAppended(TenantId tenant) => _rowsAppended.WithLabels(tenant.Name);

    /// <summary>Reads the registries' sizes before each scrape.</summary>
    internal void WatchSeries(HeadSet heads) => Registry.BeforeCollect(() =>
    {
        foreach (TenantHead head in heads.All)
        {
            _series.WithLabels(head.Tenant.Name).Set(head.Registry.SeriesCount);
            _seriesBytes.WithLabels(head.Tenant.Name).Set(head.Registry.AllocatedBytes);
        }
    });

    internal void Flushed(long rows, long sizeBytes, TimeSpan elapsed)
    {
        _ = sizeBytes;
        _rowsFlushed.Inc(rows);
        _flushSeconds.Observe(elapsed.TotalSeconds);
    }

    internal void Evicted(TenantId tenant, int series, TimeSpan pause)
    {
        _seriesEvicted.WithLabels(tenant.Name).Inc(series);
        _evictionPause.Observe(pause.TotalSeconds);
    }

    internal void FlushFailed() => _flushFailures.Inc();

    internal void Merged(long rows, TimeSpan elapsed)
    {
        _rowsMerged.Inc(rows);
        _mergeSeconds.Observe(elapsed.TotalSeconds);
    }

    internal void MergeFailed() => _mergeFailures.Inc();

    internal void PartQuarantined() => _quarantined.Inc();

    internal void LogFailed() => _logFailures.Inc();

    internal void ReplayGaps(int count) => _replayGaps.Inc(count);

    internal void BlockQuarantined() => _blocksQuarantined.Inc();

    internal void CutFailed() => _cutFailures.Inc();

    internal void Cut(long samples, TimeSpan elapsed)
    {
        _samplesCut.Inc(samples);
        _cutSeconds.Observe(elapsed.TotalSeconds);
    }

    internal void BlocksChanged(int blocks, long samples)
    {
        _blocks.Set(blocks);
        _blockSamples.Set(samples);
    }

    internal void StorageUsed(string kind, long sizeBytes) => _storageBytes.WithLabels(kind).Set(sizeBytes);

    internal void PartsChanged(int parts, long sizeBytes, long rows)
    {
        _parts.Set(parts);
        _partBytes.Set(sizeBytes);
        _partRows.Set(rows);
    }
}
