using System.Diagnostics;
using System.Globalization;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.Benchmarks.PromQL;

/// <summary>
/// Measures the parser on queries of dashboards: microseconds and bytes allocated per query, warm, and what a faulty query costs. Run it with
/// <c>promql-parse [rounds]</c>.
/// </summary>
internal static class ParseMeasure
{
    private static readonly (string Name, string Query)[] s_queries =
    [
        ("selector", "up{job=\"node\",instance=~\"10\\\\..*\"}"),
        ("rate", "sum by (job, le) (rate(http_request_duration_seconds_bucket{job=~\"api|web\",code!~\"5..\"}[5m]))"),
        ("quantile", "histogram_quantile(0.99, sum by (le, route) (rate(http_request_duration_seconds_bucket{cluster=\"$cluster\",namespace=\"prod\"}[5m])))"),
        ("ratio", "100 * (1 - (sum by (node) (node_memory_MemAvailable_bytes{job=\"node\"}) / on (node) group_left (zone) sum by (node, zone) (node_memory_MemTotal_bytes{job=\"node\"})))"),
        ("alert", "(node_filesystem_avail_bytes{job=\"node\",fstype!=\"\"} / node_filesystem_size_bytes{job=\"node\",fstype!=\"\"} * 100 < 20 and predict_linear(node_filesystem_avail_bytes{job=\"node\",fstype!=\"\"}[6h], 4*60*60) < 0 and node_filesystem_readonly{job=\"node\",fstype!=\"\"} == 0)"),
        ("fault", "sum by (job) (rate(http_requests_total{code=~\"5..\"}[5m]) / "),
    ];

    /// <summary>Runs all measurements and prints a line for each.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        int rounds = args.IsEmpty ? 20_000 : int.Parse(args[0], CultureInfo.InvariantCulture);
        long began = Stopwatch.GetTimestamp();
        _ = PromQLParser.TryParse("sum(", out _, out _);
        Line($"first faulty query {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} ms");
        foreach ((string name, string query) in s_queries)
        {
            Repeat(query, rounds / 4); // the compiler's tiers settle here
            Repeat(query, rounds / 4);
            double best = double.MaxValue;
            long bytes = 0;
            for (int i = 0; i < 5; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                long start = Stopwatch.GetTimestamp();
                Repeat(query, rounds);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / rounds);
                bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
            }

            Line($"{name,-9} {query.Length,4} characters {best,7:0.00} us {bytes,7} bytes");
        }

        return 0;
    }

    private static void Repeat(string query, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _ = PromQLParser.TryParse(query, out Expr? _, out _);
        }
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
