namespace RemoteStore.PromQL.Tests.Support;

/// <summary>Queries over a <see cref="GeneratedStore"/> that between them use every operator that holds something.</summary>
internal static class SampleQueries
{
    public static readonly string[] All =
    [
        "m", "-m", "abs({__name__=~\"m|h\", job=\"job-1\"} > bool 3)", "-{job=\"job-1\"}", "h", "rate(m[5m])", "rate(h[5m])", "sum by (job) (rate(m[5m]))", "avg(h)", "count without (instance) (m)",
        "stddev by (job) (n)", "topk(3, n)", "bottomk by (job) (2, n)", "topk(1e18, m)", "limitk by (job) (2, m)", "limit_ratio(0.3, m)", "quantile by (job) (0.9, n)",
        "quantile(0.5, {instance=~\".+\"})", "count_values(\"v\", n)", "count_values(\"v\", h)", "count_values without (instance) (\"path\", n)", "m + on (instance) n",
        "m * ignoring (path) group_left n", "m / on (job, path, instance) group_right n", "m > n", "m >= bool n", "m - fill(0) n{job=\"job-1\"}", "h + h", "h * m",
        "m and on (instance) n", "m unless n", "m or n", "m or (n > 100)", "sort_desc(n)", "sort_by_label(m, \"path\")", "label_replace(m, \"x\", \"$1-$1\", \"instance\", \"host-(.*)\")",
        "label_join(n, \"x\", \"/\", \"job\", \"path\")", "absent(m)", "absent_over_time(nothing[5m])", "info(m, {__name__=\"n\"})",
        "histogram_quantile(0.9, h)", "histogram_quantile(0.9, label_replace(n, \"le\", \"$1\", \"path\", \".*/(.*)\"))", "max_over_time(rate(m[5m])[10m:1m])",
        "sum_over_time((m or n)[10m:1m])", "quantile_over_time(0.5, n[10m])", "scalar(sum(m)) + n", "vector(scalar(m))", "m @ end() + n", "clamp(n, 1, scalar(avg(n)))",
        "m + m", "topk(2, n) or bottomk(2, n)",
        "sum by (job) (n) / on (job) (sum by (job) (n) + 1)", "m[5m]", "h[5m]", "round(n, scalar(vector(5)))", "timestamp(m)", "predict_linear(n[5m], scalar(avg(m)))",
    ];
}
