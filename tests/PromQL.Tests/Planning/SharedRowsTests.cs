using RemoteStore.PromQL.Results;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Planning;

public sealed class SharedRowsTests
{
    private static readonly QueryRequest s_range = new("", 100_000, 900_000, 10_000);

    [Theory]
    [InlineData("m / m", 1)]
    [InlineData("sum(m) / count(m)", 1)]
    [InlineData("sum by (a) (rate(m[1m])) / on (a) group_left () sum by (a) (rate(m[1m])) - sum by (a) (rate(m[1m]))", 1)]
    [InlineData("m / n", 2)]
    [InlineData("max_over_time(m[2m:20s]) - min_over_time(m[2m:20s])", 1)]
    [InlineData("(m @ 300 + 1) * on (a, b) m @ 300", 1)]
    [InlineData("max_over_time(m[1m]) - min_over_time(m[1m])", 1)]
    [InlineData("(avg_over_time(n[1m]) - on (a, b) stddev_over_time(n[1m])) / on (a, b) count_over_time(n[1m])", 1)]
    [InlineData("sum(rate(histograms[1m])) + sum(increase(histograms[1m]))", 1)]
    public async Task Query_WithRepeatedParts_ReadsThemOnce(string query, int selections)
    {
        SeriesStore store = Store(20);
        string plain = await Planned.DescribeAsync(store, s_range with { Query = query }, new EngineOptions { Optimise = false });
        int before = store.Selections.Count;
        string optimised = await Planned.DescribeAsync(store, s_range with { Query = query }, new EngineOptions());
        optimised.ShouldBe(plain);
        (store.Selections.Count - before).ShouldBe(selections);
        before.ShouldBeGreaterThan(selections - 1);
    }

    [Theory]
    [InlineData("m / m")]
    [InlineData("sum(m) / count(m) + on () group_left () min(m)")]
    [InlineData("sum by (a) (m or n) + sum by (a) (n) + sum by (a) (m or n)")] // a shared part within a shared part
    [InlineData("count(histograms) + count(histograms)")]
    [InlineData("sum(histograms) + sum(histograms)")]
    [InlineData("max_over_time(n[1m]) - on (a, b) min_over_time(n[1m]) * on (a, b) last_over_time(n[1m])")]
    [InlineData("sum(rate(histograms[1m])) + sum(increase(histograms[1m]))")]
    public async Task Query_WithMoreThanMayBeKept_IsComputedAgain(string query)
    {
        SeriesStore store = Store(100);
        string plain = await Planned.DescribeAsync(store, s_range with { Query = query }, new EngineOptions { Optimise = false });
        foreach (long bytes in (long[])[0, 1_000, 5_000, 20_000])
        {
            (await Planned.DescribeAsync(store, s_range with { Query = query }, new EngineOptions { MaxSharedBytes = bytes })).ShouldBe(plain);
        }
    }

    [Theory]
    [InlineData("m / m")]
    [InlineData("sum by (a) (m or n) + sum by (a) (n) + sum by (a) (m or n)")]
    [InlineData("max_over_time(m[2m:20s]) - min_over_time(m[2m:20s])")]
    [InlineData("(m @ 300 + 1) * on (a, b) m @ 300")]
    [InlineData("max_over_time(n[1m]) - on (a, b) min_over_time(n[1m])")]
    public async Task Statistics_OfSharedParts_AreThoseOfAllPlaces(string query)
    {
        SeriesStore store = Store(100);
        QueryRequest request = s_range with { Query = query, StatisticsPerStep = true };
        QueryStatistics plain = (await Planned.RunAsync(store, request, new EngineOptions { Optimise = false })).Statistics;
        foreach (long bytes in (long[])[0, 5_000, 1 << 30])
        {
            QueryStatistics shared = (await Planned.RunAsync(store, request, new EngineOptions { MaxSharedBytes = bytes })).Statistics;
            shared.TotalQueryableSamples.ShouldBe(plain.TotalQueryableSamples);
            shared.TotalQueryableSamplesPerStep.ShouldBe(plain.TotalQueryableSamplesPerStep);
        }
    }

    [Fact]
    public async Task Annotations_OfSharedParts_NameTheFirstPlace()
    {
        SeriesStore store = Store(3);
        QueryResult result = await Planned.RunAsync(store, s_range with { Query = "n + on (a, b) rate(m[1m]) + rate(m[1m])" }, new EngineOptions());
        result.Infos.ShouldBe(["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"m\" (1:20)"]);
    }

    private static SeriesStore Store(int series)
    {
        var store = new SeriesStore();
        for (int i = 0; i < series; i++)
        {
            string[] labels = ["a", $"{i % 7}", "b", $"{i}"];
            store.Add("m", labels, SeriesStore.Rising(90).Select(value => value * (i + 0.1)));
            store.Add("n", labels, SeriesStore.Rising(90).Select((value, at) => (at + i) % 40 < 3 ? null : value));
        }

        var histogram = new Model.Histograms.FloatHistogram { Count = 3, Sum = 7, ZeroCount = 3 };
        store.Add("histograms", ["a", "1"], Enumerable.Repeat(histogram, 90));
        store.Add("histograms", ["a", "2"], Enumerable.Repeat(histogram, 90));
        return store;
    }
}
