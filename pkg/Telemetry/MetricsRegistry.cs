using Prometheus;

namespace RemoteStore.Telemetry;

/// <summary>
/// The metrics of one process: components create theirs here in their constructors and keep the result. Never the library's static default registry, so that
/// two servers in one test process do not share counters.
/// </summary>
/// <remarks>Safe for concurrent use. Names follow <c>remotestore_component_thing_unit</c>; asking twice for one name gives the same metric.</remarks>
public sealed class MetricsRegistry
{
    /// <summary>Content type of <see cref="WriteTextAsync"/>.</summary>
    public const string TextContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Buckets for the time of a request or a disk operation: 0.5 ms to 30 s.</summary>
    public static IReadOnlyList<double> LatencyBucketsSeconds { get; } =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly MetricFactory _factory;

    /// <summary>Creates an empty registry.</summary>
    public MetricsRegistry()
    {
        Collectors = Metrics.NewCustomRegistry();
        _factory = Metrics.WithCustomRegistry(Collectors);
    }

    /// <summary>The library's registry, for what this class does not offer (a callback before each scrape).</summary>
    public CollectorRegistry Collectors { get; }

    /// <summary>A counter without labels. The name ends in <c>_total</c>.</summary>
    public Counter Counter(string name, string help) => _factory.CreateCounter(name, help);

    /// <summary>A counter by labels; resolve the children once, not per increment.</summary>
    public Counter Counter(string name, string help, params string[] labelNames) => _factory.CreateCounter(name, help, labelNames);

    /// <summary>A gauge without labels.</summary>
    public Gauge Gauge(string name, string help) => _factory.CreateGauge(name, help);

    /// <summary>A gauge by labels.</summary>
    public Gauge Gauge(string name, string help, params string[] labelNames) => _factory.CreateGauge(name, help, labelNames);

    /// <summary>A histogram of seconds with <see cref="LatencyBucketsSeconds"/>.</summary>
    public Histogram Latency(string name, string help, params string[] labelNames) => Histogram(name, help, LatencyBucketsSeconds, labelNames);

    /// <summary>A histogram.</summary>
    /// <param name="name">Metric name.</param>
    /// <param name="help">Help text.</param>
    /// <param name="buckets">Upper bounds, inclusive, strictly ascending, without +Inf.</param>
    /// <param name="labelNames">Names of the labels, none for a single histogram.</param>
    public Histogram Histogram(string name, string help, IEnumerable<double> buckets, params string[] labelNames) =>
        _factory.CreateHistogram(name, help, labelNames, new HistogramConfiguration { Buckets = [.. buckets] });

    /// <summary>Runs <paramref name="update"/> before each scrape; for gauges that are read from elsewhere.</summary>
    public void BeforeCollect(Action update) => Collectors.AddBeforeCollectCallback(update);

    /// <summary>Writes all metrics in Prometheus' text format; leaves the stream open.</summary>
    public Task WriteTextAsync(Stream destination, CancellationToken cancellationToken) =>
        Collectors.CollectAndExportAsTextAsync(destination, cancellationToken);
}
