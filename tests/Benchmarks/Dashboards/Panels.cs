namespace RemoteStore.Benchmarks.Dashboards;

/// <summary>The queries of a dashboard over the series that the load generator makes: machines, HTTP servers, containers, runtime.</summary>
internal static class Panels
{
    private static readonly string[] s_queries =
    [
        "sum by (mode) (rate(node_cpu_seconds_total{$,mode!=\"idle\"}[5m]))",
        "100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{$,mode=\"idle\"}[5m])))",
        "avg(node_load1{$})",
        "sum(node_memory_MemAvailable_bytes{$}) / sum(node_memory_MemTotal_bytes{$})",
        "min by (mountpoint) (node_filesystem_avail_bytes{$} / node_filesystem_size_bytes{$})",
        "sum by (device) (rate(node_disk_read_bytes_total{$}[5m]))",
        "max by (device) (rate(node_disk_io_time_seconds_total{$}[5m]))",
        "sum by (device) (rate(node_network_receive_bytes_total{$}[5m]))",
        "sum by (device) (rate(node_network_transmit_bytes_total{$}[5m]))",
        "sum by (handler) (rate(http_request_duration_seconds_count{$}[5m]))",
        "sum(rate(http_request_duration_seconds_count{$,code=\"500\"}[5m])) / sum(rate(http_request_duration_seconds_count{$}[5m]))",
        "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{$}[5m])))",
        "histogram_quantile(0.5, sum by (le, handler) (rate(http_request_duration_seconds_bucket{$,code=\"200\"}[5m])))",
        "topk(5, sum by (name) (rate(container_cpu_usage_seconds_total{$}[5m])))",
        "sum by (name) (container_memory_working_set_bytes{$})",
        "sum(go_goroutines{$})",
        "sum(go_memstats_heap_inuse_bytes{$})",
        "sum(rate(process_cpu_seconds_total{$}[5m]))",
        "max(process_open_fds{$} / process_max_fds{$})",
        "count(up{$})",
    ];

    /// <summary>Number of panels.</summary>
    public static int Count => s_queries.Length;

    /// <summary>The queries with a variable set: the namespaces are shared out, and one in nine dashboards shows all of them.</summary>
    public static string[] Of(int dashboard)
    {
        string selected = dashboard % 9 == 0 ? "namespace=~\".+\"" : $"namespace=\"team-{(dashboard - 1) % 8}\"";
        return [.. s_queries.Select(query => query.Replace("$", selected, StringComparison.Ordinal))];
    }
}
