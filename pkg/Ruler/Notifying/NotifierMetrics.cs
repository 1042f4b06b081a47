using Prometheus;
using RemoteStore.Telemetry;

namespace RemoteStore.Ruler.Notifying;

/// <summary>Metrics of notifications. Names are those of Prometheus with <c>remotestore_</c> for <c>prometheus_</c>.</summary>
internal sealed class NotifierMetrics
{
    private readonly MetricsRegistry _registry;
    private readonly Counter _sent;
    private readonly Counter _errors;
    private readonly Counter _dropped;
    private readonly Gauge _queueLength;
    private readonly Histogram _latency;

    public NotifierMetrics(MetricsRegistry registry)
    {
        _registry = registry;
        _sent = registry.Counter("remotestore_notifications_sent_total", "Alerts sent, by Alertmanager.", "alertmanager");
        _errors = registry.Counter("remotestore_notifications_errors_total", "Alerts of requests that did not succeed, repetitions included, by Alertmanager.", "alertmanager");
        _dropped = registry.Counter(
            "remotestore_notifications_dropped_total",
            "Alerts not sent, by Alertmanager and reason: the queue was full, the Alertmanager did not take them, the process ended.",
            "alertmanager",
            "reason");
        _queueLength = registry.Gauge("remotestore_notifications_queue_length", "Alerts that wait, over all tenants, by Alertmanager.", "alertmanager");
        QueueCapacity = registry.Gauge("remotestore_notifications_queue_capacity", "Alerts of a tenant that may wait for an Alertmanager.");
        Alertmanagers = registry.Gauge("remotestore_notifications_alertmanagers", "Alertmanagers that alerts are sent to.");
        _latency = registry.Latency("remotestore_notifications_latency_seconds", "Time of a request that succeeded, by Alertmanager.", "alertmanager");
    }

    public Gauge QueueCapacity { get; }

    public Gauge Alertmanagers { get; }

    public Target For(string address) => new(this, address);

    /// <summary>Reads the lengths of queues before each scrape.</summary>
    /// <param name="lengths">Sums of notifications that wait, by Alertmanager.</param>
    public void WatchQueues(Func<IReadOnlyDictionary<string, int>> lengths) => _registry.BeforeCollect(() =>
    {
        foreach ((string address, int waiting) in lengths())
        {
            _queueLength.WithLabels(address).Set(waiting);
        }
    });

    /// <summary>Those of one Alertmanager.</summary>
    internal sealed class Target(NotifierMetrics metrics, string address)
    {
        private readonly Counter.Child _sent = metrics._sent.WithLabels(address);
        private readonly Counter.Child _errors = metrics._errors.WithLabels(address);
        private readonly Counter.Child _overflowed = metrics._dropped.WithLabels(address, "queue_full");
        private readonly Counter.Child _givenUp = metrics._dropped.WithLabels(address, "not_taken");
        private readonly Counter.Child _abandoned = metrics._dropped.WithLabels(address, "shutdown");
        private readonly Histogram.Child _latency = metrics._latency.WithLabels(address);

        public void Delivered(int alerts, TimeSpan time)
        {
            _sent.Inc(alerts);
            _latency.Observe(time.TotalSeconds);
        }

        public void Failed(int alerts) => _errors.Inc(alerts);

        public void QueueOverflowed(int alerts) => _overflowed.Inc(alerts);

        public void GivenUp(int alerts) => _givenUp.Inc(alerts);

        public void Abandoned(int alerts) => _abandoned.Inc(alerts);
    }
}
