using Prometheus;
using RemoteStore.Telemetry;

namespace RemoteStore.Querier.Sources;

/// <summary>Instruments of one guarded source.</summary>
internal sealed class SourceMetrics
{
    private static readonly string[] s_reasons = ["busy", "error", "timeout"];

    private readonly Gauge.Child _abandoned;
    private readonly Dictionary<string, Counter.Child> _failures;

    public SourceMetrics(MetricsRegistry registry, string source)
    {
        _abandoned = registry.Gauge(
            "remotestore_querier_abandoned_reads", "Calls of a source that nobody waits for any more and that have not returned.", "source").WithLabels(source);
        Counter failures = registry.Counter("remotestore_querier_source_failures_total", "Reads of a source that failed, by reason.", "source", "reason");
        _failures = s_reasons.ToDictionary(static reason => reason, reason => failures.WithLabels(source, reason), StringComparer.Ordinal);
    }

    public void Failed(string reason) => _failures[reason].Inc();

    public void Abandoned(int change) => _abandoned.Inc(change);
}
