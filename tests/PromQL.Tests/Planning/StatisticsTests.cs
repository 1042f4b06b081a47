using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Results;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Planning;

/// <summary>Samples that a query looked at, by the rules of Prometheus' statistics: one series with a sample every ten seconds, three of another metric.</summary>
public sealed class StatisticsTests
{
    private static readonly SeriesStore s_store = new SeriesStore()
        .Add("one", [], SeriesStore.Rising(101))
        .Add("three", ["a", "1", "b", "1"], SeriesStore.Rising(101))
        .Add("three", ["a", "2", "b", "2"], SeriesStore.Rising(101))
        .Add("three", ["a", "3", "b", "2"], SeriesStore.Rising(101))
        .Add("native", [], Enumerable.Repeat(Histogram(), 101));

    [Theory]
    [InlineData("\"text\"", 21, 0)]
    [InlineData("1", 21, 0)]
    [InlineData("one", 21, 1)]
    [InlineData("one offset 10s", 21, 1)]
    [InlineData("one @ 15", 21, 1)]
    [InlineData("timestamp(one)", 21, 1)]
    [InlineData("three", 21, 3)]
    [InlineData("native", 21, 13)] // 168 + 8 bytes, a span and four buckets of 8 each, in units of 16
    [InlineData("one[1m]", 201, 6)]
    [InlineData("native[1m]", 201, 78)]
    [InlineData("one[1m] @ 30", 201, 4)]
    [InlineData("three[1m]", 201, 18)]
    [InlineData("max_over_time(one[1m])", 201, 6)]
    [InlineData("absent_over_time(one[1m])", 201, 6)]
    [InlineData("rate(native[1m])", 201, 78)]
    [InlineData("sum by (b) (max_over_time(three[1m] @ 30))", 201, 12)]
    [InlineData("one[1m:5s]", 201, 12)] // a subquery that is the query counts what it looks at
    [InlineData("max_over_time(one[59s])[20s:5s]", 201, 24)]
    [InlineData("max_over_time(three[1m:5s])", 201, 36)] // below a function its values count, not what it looks at
    [InlineData("max_over_time(max_over_time(three[1m])[1m:5s])", 201, 36)]
    [InlineData("sum(max_over_time(three[1m:5s])) + sum(max_over_time(three[1m:5s]))", 201, 72)] // computed once, counted twice
    [InlineData("(one @ 15)[20s:5s]", 201, 4)]
    public async Task Samples_OfAnInstantQuery_AreCounted(string query, long seconds, long expected)
    {
        foreach (QueryResult result in await Planned.BothAsync(s_store, QueryRequest.Instant(query, seconds * 1000) with { StatisticsPerStep = true }))
        {
            result.Statistics.TotalQueryableSamples.ShouldBe(expected);
            result.Statistics.TotalQueryableSamplesPerStep.ShouldBe([expected]);
        }
    }

    [Theory]
    [InlineData("1", 201, new long[] { 0, 0, 0, 0 })]
    [InlineData("three{a=\"1\"}", 201, new long[] { 1, 1, 1, 1 })]
    [InlineData("three{a=\"1\"} offset 10s", 201, new long[] { 1, 1, 1, 1 })]
    [InlineData("timestamp(one)", 201, new long[] { 1, 1, 1, 1 })]
    [InlineData("native", 201, new long[] { 13, 13, 13, 13 })]
    [InlineData("max_over_time(three[1m] @ 30)", 201, new long[] { 12, 12, 12, 12 })] // computed once, counted at each step
    [InlineData("three @ 30", 201, new long[] { 3, 3, 3, 3 })]
    [InlineData("one * scalar(one @ 30)", 201, new long[] { 2, 2, 2, 2 })]
    [InlineData("max_over_time(three[1m])", 201, new long[] { 18, 18, 18, 18 })]
    [InlineData("max_over_time(three[1m:5s])", 201, new long[] { 36, 36, 36, 36 })]
    [InlineData("max_over_time((one @ 30)[1m:5s])", 201, new long[] { 12, 12, 12, 12 })]
    [InlineData("max_over_time(one[1m:5s] @ 201)", 201, new long[] { 12, 12, 12, 12 })]
    [InlineData("sum(max_over_time(three[1m:5s])) + sum(max_over_time(three[1m:5s]))", 201, new long[] { 72, 72, 72, 72 })]
    [InlineData("max_over_time(three{a=\"1\"}[10s])", 991, new long[] { 1, 1, 0, 0 })] // the last sample is at 1000
    public async Task Samples_OfARangeQuery_AreCountedByStep(string query, long seconds, long[] expected)
    {
        long step = seconds == 991 ? 10_000 : 5_000;
        var request = new QueryRequest(query, seconds * 1000, (seconds * 1000) + (3 * step), step) { StatisticsPerStep = true };
        foreach (QueryResult result in await Planned.BothAsync(s_store, request))
        {
            result.Statistics.TotalQueryableSamplesPerStep.ShouldBe(expected);
            result.Statistics.TotalQueryableSamples.ShouldBe(expected.Sum());
        }
    }

    [Fact]
    public async Task Samples_NotAskedForByStep_AreCountedTogether()
    {
        QueryResult result = await Planned.RunAsync(s_store, new QueryRequest("three", 201_000, 216_000, 5_000), new EngineOptions());
        result.Statistics.TotalQueryableSamplesPerStep.ShouldBeEmpty();
        result.Statistics.TotalQueryableSamples.ShouldBe(12);
        result.Statistics.SeriesRead.ShouldBe(3);
        result.Statistics.SamplesRead.ShouldBeGreaterThan(0);
        result.Statistics.PeakSamples.ShouldBe(12);
        result.Statistics.ResultSortTime.ShouldBeLessThanOrEqualTo(result.Statistics.EvaluationTime);
    }

    private static FloatHistogram Histogram()
    {
        var histogram = new FloatHistogram { Count = 5, Sum = 20 };
        histogram.SetPositive([new HistogramSpan(0, 4)], [1, 2, 1, 1]);
        return histogram;
    }
}
