using Prometheus;
using RemoteStore.Querier.Monitoring;
using RemoteStore.Telemetry;

namespace RemoteStore.Querier;

/// <summary>Instruments of the querier.</summary>
public sealed class QuerierMetrics
{
    private static readonly double[] s_seconds = [.. MetricsRegistry.LatencyBucketsSeconds, 60, 120];
    private static readonly double[] s_bytes = [.. Enumerable.Range(0, 9).Select(static i => (double)(1L << (16 + (2 * i))))];

    private readonly Gauge _active;
    private readonly Histogram.Child _instantSeconds;
    private readonly Histogram.Child _rangeSeconds;
    private readonly Counter _samples;
    private readonly Histogram _peakBytes;
    private readonly Counter _slow;
    private readonly Dictionary<string, Counter.Child> _failures;

    /// <summary>Creates the instruments in a registry.</summary>
    public QuerierMetrics(MetricsRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _active = registry.Gauge("remotestore_querier_active_queries", "Queries that wait or run.");
        Histogram seconds = registry.Histogram(
            "remotestore_querier_query_seconds", "Time from a query's arrival to its answer or failure, by kind of query.", s_seconds, "kind");
        _instantSeconds = seconds.WithLabels("instant");
        _rangeSeconds = seconds.WithLabels("range");
        _samples = registry.Counter("remotestore_querier_samples_total", "Samples that answered queries read from storage.");
        _peakBytes = registry.Histogram("remotestore_querier_query_peak_bytes", "Most memory that an answered query held.", s_bytes);
        _slow = registry.Counter("remotestore_querier_slow_queries_total", "Queries that took longer than query.log-slower-than.");
        Counter failures = registry.Counter("remotestore_querier_failures_total", "Queries without an answer, by reason.", "reason");
        _failures = QueryOutcome.Failures.ToDictionary(static reason => reason, reason => failures.WithLabels(reason), StringComparer.Ordinal);
    }

    internal void QueryStarted() => _active.Inc();

    internal void QueryEnded(bool isInstant, QueryOutcome outcome, TimeSpan elapsed)
    {
        _active.Dec();
        (isInstant ? _instantSeconds : _rangeSeconds).Observe(elapsed.TotalSeconds);
        if (outcome.Failure is { } failure)
        {
            _failures[failure].Inc();
            return;
        }

        _samples.Inc(outcome.Samples);
        _peakBytes.Observe(outcome.PeakBytes);
    }

    internal void SlowQuery() => _slow.Inc();
}
