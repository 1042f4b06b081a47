using RemoteStore.Telemetry;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests;

public class QueryFrontendMetricsTests
{
    [Fact]
    public async Task Metrics_NamesAndLabels_ArePinned()
    {
        var registry = new MetricsRegistry();
        _ = new QueryFrontendMetrics(registry);

        using var text = new MemoryStream();
        await registry.WriteTextAsync(text, CancellationToken.None);

        string[] series =
        [
            .. System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n')
                .Where(static line => line.Length > 0 && line[0] != '#' && !line.Contains("_bucket{", StringComparison.Ordinal))
                .Select(static line => line[..line.LastIndexOf(' ')])
                .Order(StringComparer.Ordinal),
        ];
        series.ShouldBe(
        [
            "remotestore_query_frontend_cache_bytes",
            "remotestore_query_frontend_cache_evictions_total",
            "remotestore_query_frontend_cache_invalidations_total",
            "remotestore_query_frontend_cache_lookups_total{outcome=\"hit\"}",
            "remotestore_query_frontend_cache_lookups_total{outcome=\"miss\"}",
            "remotestore_query_frontend_cache_lookups_total{outcome=\"partial\"}",
            "remotestore_query_frontend_computed_pieces_total",
            "remotestore_query_frontend_joined_queries_total",
            "remotestore_query_frontend_queue_duration_seconds_count",
            "remotestore_query_frontend_queue_duration_seconds_sum",
            "remotestore_query_frontend_queue_length",
            "remotestore_query_frontend_recomputed_queries_total",
            "remotestore_query_frontend_rejected_queries_total{reason=\"query_length\"}",
            "remotestore_query_frontend_rejected_queries_total{reason=\"queue_full\"}",
            "remotestore_query_frontend_running_queries",
            "remotestore_query_frontend_split_queries_total",
        ]);
    }
}
