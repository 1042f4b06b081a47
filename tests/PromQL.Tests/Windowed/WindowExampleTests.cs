using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Testing;
using RemoteStore.Testing.Windows;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Windowed;

/// <summary>Hours of which only windows of one hour are left, a sample every 15 seconds before.</summary>
public sealed class WindowExampleTests
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Scrape = 15_000;

    [Fact]
    public void RateOfFiveMinutes_OverHours_IsThatOfTheHourBeforeAndSaysSo()
    {
        // One per second in the first hour, two in the second.
        DownsampledStore store = Store(0, 3 * Hour, static t => t <= Hour ? t / 1000.0 : 3600 + ((t - Hour) / 500.0));

        (double value, QueryResult result) = Ask(store, "rate(requests_total[5m])", (2 * Hour) + (20 * Minute));
        value.ShouldBe(2, 0.001);
        result.Infos.ShouldBe(["PromQL info: range widened to whole windows, as \"requests_total[5m]\" has data downsampled to 1h (1:6)"]);
        Ask(store, "rate(requests_total[5m])", Hour + (20 * Minute)).Value.ShouldBe(1, 0.005, "that of the hour that has ended");
    }

    [Fact]
    public void SumsAndIncreases_OverWidenedRanges_AreInProportion()
    {
        DownsampledStore store = Store(0, 4 * Hour, static t => t / 1000.0);
        long time = (3 * Hour) + (20 * Minute);
        Ask(store, "increase(requests_total[30m])", time).Value.ShouldBe(1800, 0.001);
        Ask(store, "count_over_time(requests_total[30m])", time).Value.ShouldBe(120, 1e-9);
        Ask(store, "sum_over_time(requests_total[30m])", time).Value.ShouldBe(120 * (2.5 * 3600 + 7.5), 1e-6);
        Ask(store, "avg_over_time(requests_total[30m])", time).Value.ShouldBe((2.5 * 3600) + 7.5, 1e-9);
        Ask(store, "delta(requests_total[90m])", time).Value.ShouldBe(5400, 0.001);
    }

    [Fact]
    public void RangeInTheFirstWindowOfASeries_IsAnsweredFromThat()
    {
        DownsampledStore store = Store(Hour + (10 * Minute), 3 * Hour, static t => t / 500.0);
        Ask(store, "rate(requests_total[5m])", Hour + (30 * Minute)).Value.ShouldBe(2, 0.01);
        Ask(store, "rate(requests_total[5m])", Hour + (9 * Minute)).Result.Series.ShouldBeEmpty("nothing was there yet");
    }

    [Fact]
    public void Gaps_AreGapsForRangesAndInstants()
    {
        DownsampledStore store = Store(0, 6 * Hour, static t => t is > 2 * Hour + (10 * Minute) and < 4 * Hour ? double.NegativeInfinity : t / 1000.0);
        Ask(store, "rate(requests_total[5m])", 3 * Hour).Result.Series.ShouldBeEmpty();
        Ask(store, "requests_total", 3 * Hour).Result.Series.ShouldBeEmpty();
        Ask(store, "requests_total", (2 * Hour) + (12 * Minute)).Value.ShouldBe(7800, "the last before the gap is known");
        Ask(store, "requests_total", (2 * Hour) + (16 * Minute)).Result.Series.ShouldBeEmpty("it is too old");
    }

    [Fact]
    public void Instants_SeeTheNewestKnownSample()
    {
        DownsampledStore store = Store(0, 3 * Hour, static t => t / 1000.0);
        (double value, QueryResult result) = Ask(store, "requests_total", 2 * Hour);
        value.ShouldBe(7200);
        result.Infos.ShouldBeEmpty();

        (value, result) = Ask(store, "requests_total", (2 * Hour) + (40 * Minute));
        value.ShouldBe(7215, "the first of the hour");
        result.Infos.ShouldBe(["PromQL info: latest samples not known, earlier ones taken, as \"requests_total\" has data downsampled to 1h (1:1)"]);
    }

    [Fact]
    public void StaleMarker_EndsTheSeries()
    {
        var raw = new TestStorage();
        Fill(raw, 0, Hour + (30 * Minute), static t => t / 1000.0);
        raw.Add(s_labels, Hour + (30 * Minute) + 1000, SampleBits.StaleMarker);
        var store = new DownsampledStore(raw, Hour, static _ => Hour);
        Ask(store, "requests_total", Hour + (30 * Minute)).Value.ShouldBe(5400);
        Ask(store, "requests_total", Hour + (30 * Minute) + 2000).Result.Series.ShouldBeEmpty();
        Ask(store, "last_over_time(requests_total[5m])", Hour + (31 * Minute)).Value.ShouldBe(5400, "ranges contain no markers");
    }

    [Fact]
    public void Averages_AreWeightedByCount()
    {
        // An hour with one sample of 100, then one with 240 of 1.
        var raw = new TestStorage();
        raw.Add(s_labels, 1000, BitConverter.DoubleToInt64Bits(100));
        Fill(raw, Hour, 2 * Hour, static _ => 1);
        Ask(new DownsampledStore(raw, Hour, static _ => Hour), "avg_over_time(requests_total[2h])", 2 * Hour).Value.ShouldBe(340 / 241.0, 1e-12);
    }

    [Fact]
    public void Averages_WhoseSumsRunOver_AreFinite()
    {
        var raw = new TestStorage();
        for (int i = 1; i <= 4; i++)
        {
            raw.Add(s_labels, i * Hour, BitConverter.DoubleToInt64Bits(1e308));
        }

        Ask(new DownsampledStore(raw, Hour, static _ => Hour), "avg_over_time(requests_total[4h])", 4 * Hour).Value.ShouldBe(1e308, 1e294);
    }

    [Fact]
    public void EqualRangesUnderSeveralFunctions_ShareTheWindows()
    {
        DownsampledStore store = Store(0, 4 * Hour, static t => t / 1000.0);
        Ask(store, "max_over_time(requests_total[2h]) - min_over_time(requests_total[2h])", 4 * Hour).Value.ShouldBe(7200 - 15);
        store.Selections.Count.ShouldBe(1);
        store.Selections[0].Columns.ShouldBe(Storage.Querying.WindowColumns.All);
    }

    [Fact]
    public void Windows_CountAgainstTheMemoryOfAQuery()
    {
        var raw = new TestStorage();
        Fill(raw, 0, 48 * Hour, static t => t);
        raw.Add(s_labels, 1, BitConverter.DoubleToInt64Bits(1)); // beside windows, so that these are joined
        var store = new DownsampledStore(raw, Minute, static t => t == 1 ? 0 : Minute);
        var request = QueryRequest.Instant("count_over_time(requests_total[2d])", 48 * Hour);
        Should.Throw<QueryException>(() => WindowedWorld.Evaluate(store, request, new EngineOptions { MaxMemoryBytes = 200_000 })).Message.ShouldContain("memory");
        WindowedWorld.Evaluate(store, request).Points.ShouldHaveSingleItem().Value.Value.ShouldBe((48 * 240) + 1);
    }

    private static readonly LabelSet s_labels = LabelSet.From("__name__", "requests_total");

    private static DownsampledStore Store(long startMs, long endMs, Func<long, double> value)
    {
        var raw = new TestStorage();
        Fill(raw, startMs, endMs, value);
        return new DownsampledStore(raw, Hour, static _ => Hour);
    }

    /// <summary>Adds samples; minus infinity stands for none.</summary>
    private static void Fill(TestStorage raw, long startMs, long endMs, Func<long, double> value)
    {
        for (long time = startMs + Scrape; time <= endMs; time += Scrape)
        {
            if (!double.IsNegativeInfinity(value(time)))
            {
                raw.Add(s_labels, time, BitConverter.DoubleToInt64Bits(value(time)));
            }
        }
    }

    private static (double Value, QueryResult Result) Ask(DownsampledStore store, string query, long timeMs)
    {
        (SortedDictionary<string, Point> points, QueryResult result) = WindowedWorld.Evaluate(store, QueryRequest.Instant(query, timeMs));
        return (points.Count == 1 ? points.Values.Single().Value : double.NaN, result);
    }
}
