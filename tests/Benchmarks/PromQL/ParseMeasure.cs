using System.Diagnostics;
using System.Globalization;
using RemoteStore.Model;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.Testing;

namespace RemoteStore.Benchmarks.PromQL;

/// <summary>
/// Measures the parser on queries of dashboards: microseconds and bytes allocated per query, warm, and what a faulty query costs; then the same queries evaluated at
/// one time over an empty store, prepared each time or found prepared. Run it with <c>promql-parse [rounds]</c>.
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
            (double parsed, long bytes) = Best(rounds, () => _ = PromQLParser.TryParse(query, out Expr? _, out _));
            Line($"{name,-9} {query.Length,4} characters {parsed,7:0.00} us {bytes,7} bytes");
        }

        foreach ((string name, string query) in s_queries.Where(static one => one.Name != "fault"))
        {
            (double prepared, long preparedBytes) = Best(rounds / 4, Evaluation(query, new EngineOptions { MaxCachedPlans = 0 }));
            (double cached, long cachedBytes) = Best(rounds / 4, Evaluation(query, new EngineOptions()));
            Line($"{name,-9} over an empty store, prepared {prepared,7:0.00} us {preparedBytes,7} bytes, found prepared {cached,7:0.00} us {cachedBytes,7} bytes");
        }

        return 0;
    }

    private static Action Evaluation(string query, EngineOptions options)
    {
        var engine = new QueryEngine(options, TimeProvider.System);
        var store = new InMemoryStore();
        QueryRequest request = QueryRequest.Instant(query, 0);
        return () => engine.QueryAsync(TenantId.Anonymous, store, request, CancellationToken.None).AsTask().GetAwaiter().GetResult(); // an empty store answers at once
    }

    private static (double Microseconds, long Bytes) Best(int rounds, Action work)
    {
        Repeat(rounds / 4, work); // the compiler's tiers settle here
        Repeat(rounds / 4, work);
        double best = double.MaxValue;
        long bytes = 0;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            Repeat(rounds, work);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / rounds);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
        }

        return (best, bytes);
    }

    private static void Repeat(int times, Action work)
    {
        for (int i = 0; i < times; i++)
        {
            work();
        }
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
