using CsCheck;
using RemoteStore.Model;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Execution;

/// <summary>However a query is evaluated, alone or on several threads, row by row or step by step, its answer has the same bits.</summary>
public sealed class EvaluationLawTests
{
    private static readonly string[] s_queries =
    [
        "requests_total", "gauge", "{__name__=~\".+\"}", "timestamp(gauge)",
        "rate(requests_total[1m])", "increase(requests_total[45s])", "delta(gauge[1m])", "irate(requests_total[1m])", "idelta(gauge[35s])",
        "resets(requests_total[2m])", "changes(gauge[2m])", "rate(gauge[1m])",
        "sum_over_time(gauge[3m])", "avg_over_time(gauge[3m])", "count_over_time(sparse[1m])", "min_over_time(gauge[2m])", "max_over_time(gauge[2m])",
        "ts_of_max_over_time(sparse[2m])", "last_over_time(sparse[25s])", "first_over_time(sparse[25s])", "present_over_time(sparse[15s])",
        "stddev_over_time(gauge[3m])", "stdvar_over_time(requests_total[1m])", "quantile_over_time(0.7, gauge[2m])", "quantile_over_time(2, sparse[1m])",
        "mad_over_time(gauge[1m])", "deriv(gauge[1m])", "predict_linear(requests_total[1m], 30)", "max_over_time(rate(requests_total[1m])[2m:7s])",
        "sum by (job) (rate(requests_total[1m]))", "avg by (job) (gauge)", "min by (job) (gauge)", "max without (instance) (sparse)", "count by (job) (sparse)",
        "stddev by (job) (gauge)", "topk(3, gauge)", "histogram_quantile(0.9, sum by (le, job) (rate(requests_bucket[1m])))",
        "gauge / on (instance) requests_total", "rate(requests_total[1m]) > 0.5 or gauge", "absent(nothing)",
    ];

    private static readonly Gen<(string Query, int Seed)> s_case = Gen.Select(Gen.Int[0, s_queries.Length - 1].Select(static i => s_queries[i]), Gen.Int[0, 1_000_000]);

    [Fact]
    public void Query_OnSeveralThreads_HasTheBitsAndReportsOfOne() => s_case.Sample(
        one =>
        {
            TestStorage storage = RandomSeries.Create(one.Seed, targets: 90, scrapes: 40);
            var request = new QueryRequest(one.Query, RandomSeries.StartMs, RandomSeries.StartMs + 400_000, 1000);

            QueryResult alone = Evaluate(storage, request, threads: 1);
            QueryResult together = Evaluate(storage, request, threads: 3);

            Describe(together).ShouldBe(Describe(alone), one.Query);
            together.Warnings.ShouldBe(alone.Warnings, one.Query);
            together.Infos.ShouldBe(alone.Infos, one.Query);
            together.Statistics.SamplesRead.ShouldBe(alone.Statistics.SamplesRead, one.Query);
            together.Statistics.TotalQueryableSamples.ShouldBe(alone.Statistics.TotalQueryableSamples, one.Query);
        },
        iter: 40,
        threads: 1);

    [Fact]
    public void Query_OfARange_HasAtEachStepTheBitsOfAnInstant() => s_case.Where(static one => !one.Query.Contains("topk", StringComparison.Ordinal)).Sample(
        one =>
        {
            TestStorage storage = RandomSeries.Create(one.Seed, targets: 4, scrapes: 40);
            long stepMs = 3_000 + (one.Seed % 5 * 4_000);
            var request = new QueryRequest(one.Query, RandomSeries.StartMs, RandomSeries.StartMs + (45 * stepMs), stepMs);

            List<string> range = Describe(Evaluate(storage, request, threads: 1));

            var steps = new List<string>();
            for (long time = request.StartMs; time <= request.EndMs; time += stepMs)
            {
                steps.AddRange(Describe(Evaluate(storage, QueryRequest.Instant(one.Query, time), threads: 1)));
            }

            steps.Sort(StringComparer.Ordinal);
            range.Sort(StringComparer.Ordinal);
            range.ShouldBe(steps, one.Query);
        },
        iter: 80,
        threads: 1);

    private static QueryResult Evaluate(TestStorage storage, QueryRequest request, int threads)
    {
        var engine = new QueryEngine(new EngineOptions { MaxParallelism = threads }, TimeProvider.System);
        return engine.QueryAsync(TenantId.Anonymous, storage, request, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>A line for each point.</summary>
    private static List<string> Describe(QueryResult result)
    {
        var lines = new List<string>();
        foreach (ResultSeries series in result.Series)
        {
            for (int i = 0; i < series.Times.Length; i++)
            {
                double value = series.Values.Span[i];
                lines.Add($"{series.Labels} {series.Times.Span[i]} {(double.IsNaN(value) ? "NaN" : BitConverter.DoubleToInt64Bits(value).ToString("x", System.Globalization.CultureInfo.InvariantCulture))}");
            }
        }

        return lines;
    }
}
