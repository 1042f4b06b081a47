namespace RemoteStore.Benchmarks.Queries;

/// <summary>The measured queries: what dashboards and alert rules ask of the series that the load generator makes (see <see cref="Load.TargetTemplate"/>).</summary>
internal static class QueryCatalog
{
    /// <summary>All queries in the order of tables.</summary>
    public static IReadOnlyList<BenchmarkQuery> All { get; } = [.. Hour(), .. Day(), .. Instant()];

    private static IEnumerable<BenchmarkQuery> Hour()
    {
        yield return One("select", "node_cpu_seconds_total");
        yield return One("rate", "rate(node_cpu_seconds_total[5m])");
        yield return One("sum-rate", "sum by (job) (rate(http_request_duration_seconds_bucket[5m]))");
        yield return One("quantile", "histogram_quantile(0.99, sum by (le, handler) (rate(http_request_duration_seconds_bucket[5m])))");
        yield return One("quantile-each", "histogram_quantile(0.9, rate(http_request_duration_seconds_bucket{code=\"200\"}[5m]))");
        yield return One("sum", "sum by (mode) (node_cpu_seconds_total)");
        yield return One("avg-without", "avg without (cpu) (irate(node_cpu_seconds_total[5m]))");
        yield return One("topk", "topk(5, rate(container_cpu_usage_seconds_total[5m]))");
        yield return One("join", "container_memory_working_set_bytes / container_spec_memory_limit_bytes");
        yield return One("join-left", "node_filesystem_avail_bytes * on (job) group_left () (sum by (job) (up))");
        yield return One("ratio",
            "sum by (job) (rate(http_request_duration_seconds_count{code=\"500\"}[5m])) / sum by (job) (rate(http_request_duration_seconds_count[5m]))");
        yield return One("max-time", "max_over_time(container_memory_working_set_bytes[10m])");
        yield return One("quantile-time", "quantile_over_time(0.9, container_memory_working_set_bytes[10m])");
        yield return One("subquery", "max_over_time(sum by (job) (rate(node_cpu_seconds_total{mode!=\"idle\"}[5m]))[10m:1m])");

        static BenchmarkQuery One(string name, string text) => new("hour-" + name, QuerySpan.Hour, text);
    }

    private static IEnumerable<BenchmarkQuery> Day()
    {
        yield return One("rate", "rate(node_network_receive_bytes_total[5m])");
        yield return One("sum-rate", "sum by (job) (rate(http_request_duration_seconds_bucket[5m]))");
        yield return One("quantile", "histogram_quantile(0.99, sum by (le, handler) (rate(http_request_duration_seconds_bucket[5m])))");
        yield return One("sum", "sum by (mode) (node_cpu_seconds_total)");
        yield return One("topk", "topk(5, rate(container_cpu_usage_seconds_total[5m]))");
        yield return One("join", "container_memory_working_set_bytes / container_spec_memory_limit_bytes");
        yield return One("ratio",
            "sum by (job) (rate(http_request_duration_seconds_count{code=\"500\"}[5m])) / sum by (job) (rate(http_request_duration_seconds_count[5m]))");
        yield return One("increase", "sum by (namespace) (increase(container_network_receive_bytes_total[1h]))");
        yield return One("avg-time", "avg_over_time(container_memory_working_set_bytes[1h])");
        yield return One("max-time", "max_over_time(container_memory_working_set_bytes[1h])");
        yield return One("min-sum-time", "min by (job) (sum_over_time(node_memory_MemAvailable_bytes[1h]))");
        yield return One("stddev-time", "stddev_over_time(go_goroutines[1h])");
        yield return One("subquery", "max_over_time(sum by (job) (rate(node_cpu_seconds_total{mode!=\"idle\"}[5m]))[1h:5m])");

        static BenchmarkQuery One(string name, string text) => new("day-" + name, QuerySpan.Day, text);
    }

    private static IEnumerable<BenchmarkQuery> Instant()
    {
        yield return One("count-names", "count(count by (__name__) ({__name__=~\".+\"}))");
        yield return One("count-jobs", "count by (job) ({__name__=~\".+\"})");
        yield return One("cpu", "100 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) * 100 > 80");
        yield return One("disk", "node_filesystem_avail_bytes{fstype!=\"\"} / node_filesystem_size_bytes{fstype!=\"\"} * 100 < 20");
        yield return One("predict", "predict_linear(node_filesystem_avail_bytes[6h], 4 * 3600) < 0");
        yield return One("errors",
            "sum by (job) (rate(http_request_duration_seconds_count{code=\"500\"}[5m])) / sum by (job) (rate(http_request_duration_seconds_count[5m])) > 0.01");
        yield return One("quantile", "histogram_quantile(0.99, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m]))) > 1");
        yield return One("up", "up == 0");
        yield return One("absent", "absent(up{job=\"nothing\"})");
        yield return One("memory", "max by (pod) (max_over_time(container_memory_working_set_bytes[1h])) > 1e12");

        static BenchmarkQuery One(string name, string text) => new("instant-" + name, QuerySpan.Instant, text);
    }
}
