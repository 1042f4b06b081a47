using RemoteStore.Model;
using RemoteStore.PromQL.Tests.Support;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Hostile;

/// <summary>Numbers and times at the ends of what can be written end in an answer or an error of the query, never in a fault of the engine.</summary>
public sealed class ExtremeQueryTests
{
    public static TheoryData<string> Queries =>
    [
        "m offset 292y", "m offset -292y", "sum(rate(m[292y]))", "max_over_time(m[292y:1y])", "max_over_time(m[292y:292y] offset -292y)", "m @ -9223372036854775", "m @ 9223372036854775",
        "max_over_time(m[1h:1m] @ 9223372036854775 offset -292y)", "rate(m[5m] @ -9223372036854775 offset 292y)", "m @ start() offset 292y", "predict_linear(m[5m], 1e308)",
        "topk(NaN, m)", "topk(-1, m)", "topk(Inf, m)", "topk(-Inf, m)", "bottomk(0.5, m)", "limitk(1e300, m)", "limitk(NaN, m)", "limit_ratio(NaN, m)", "limit_ratio(-1e300, m)",
        "quantile(NaN, m)", "quantile(-Inf, m)", "quantile(1e300, m)", "quantile_over_time(Inf, m[5m])", "round(m, 0)", "round(m, NaN)", "clamp(m, NaN, NaN)", "clamp(m, Inf, -Inf)",
        "histogram_quantile(NaN, h)", "histogram_fraction(Inf, -Inf, h)", "double_exponential_smoothing(m[5m], 2, 2)", "m % 0", "2 ^ 1e308 * m", "m ^ -1e308", "m[1ms]", "rate(m[1ms])",
        "max_over_time(m[1ms:1ms])", "count_values(\"\", m)", "label_replace(m, \"\", \"\", \"\", \"\")", "label_replace(m, \"x\", \"$999999999999\", \"job\", \"(.*)\")", "label_join(m, \"x\", \"\")",
        "count_values(\"__name__\", m)", "sum by (__name__) (count_values without (job) (\"job\", m))", "vector(time() * 1e308)", "scalar(m) + scalar(nothing)", "month(vector(1e300))",
        "year(vector(-1e300))", "timestamp(timestamp(m))", "-h", "h ^ 2", "h / 0", "sum(h * Inf)", "absent(nothing @ 9223372036854775)", "info(m)", "sort(m) > sort_desc(n)",
    ];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Query_OfExtremes_IsAnsweredOrRefused(string query)
    {
        foreach (long time in (long[])[0, 3_600_000, long.MaxValue, long.MinValue, long.MaxValue / 2, -1])
        {
            await Run(QueryRequest.Instant(query, time));
            long end = time > long.MaxValue - 600_000 ? long.MaxValue : time + 600_000;
            await Run(new QueryRequest(query, time, end, 60_000));
        }
    }

    private static async Task Run(QueryRequest request)
    {
        var engine = new QueryEngine(new EngineOptions { MaxMemoryBytes = 16 << 20 }, TimeProvider.System);
        try
        {
            Results.QueryResult result = await engine.QueryAsync(TenantId.Anonymous, new GeneratedStore(5, 60_000) { Histograms = 2, MaxSamples = 200 }, request, CancellationToken.None);
            result.Statistics.PeakMemoryBytes.ShouldBeLessThanOrEqualTo(16 << 20);
        }
        catch (QueryException e)
        {
            e.Message.ShouldNotBeEmpty();
        }

        engine.Pools.Outstanding.ShouldBe(0);
        engine.UnreturnedBytes.ShouldBe(0);
    }
}
