using Prometheus;

namespace RemoteStore.Tsdb.Wal;

/// <summary>The log's instruments.</summary>
public sealed class WalMetrics
{
    private readonly Counter _written;
    private readonly Counter _failures;
    private readonly Counter _lostWindows;
    private readonly Counter _tornTailBytes;
    private readonly Histogram _commits;

    /// <summary>Registers the instruments.</summary>
    public WalMetrics(CollectorRegistry registry)
    {
        MetricFactory factory = Metrics.WithCustomRegistry(registry);
        _written = factory.CreateCounter("remotestore_wal_written_bytes_total", "Bytes written to the write-ahead log.");
        _failures = factory.CreateCounter("remotestore_wal_failures_total", "Log generations that failed and were given up.");
        _lostWindows = factory.CreateCounter("remotestore_wal_lost_windows_total", "Stretches of the log that replay found damaged; the entries in them are lost.");
        _tornTailBytes = factory.CreateCounter("remotestore_wal_torn_tail_bytes_total", "Bytes behind the last whole entry of a generation that replay could not read.");
        _commits = factory.CreateHistogram(
            "remotestore_wal_commit_duration_seconds",
            "Time of one group commit: what entries refer to, write, sync.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.00025, 2, 14) });
    }

    /// <summary>A group commit wrote <paramref name="writtenBytes"/>.</summary>
    public void Committed(long writtenBytes, TimeSpan duration)
    {
        _written.Inc(writtenBytes);
        _commits.Observe(duration.TotalSeconds);
    }

    /// <summary>A generation was given up.</summary>
    public void Failed() => _failures.Inc();

    /// <summary>A replay ended.</summary>
    public void Replayed(WalReplayReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        _lostWindows.Inc(report.BadStretches.Count);
        _tornTailBytes.Inc(report.TornTailBytes);
    }
}
