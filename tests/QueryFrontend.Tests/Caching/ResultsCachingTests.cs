using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests.Caching;

/// <summary>What is kept, what is computed again, what puts an end to it: over a real store.</summary>
public class ResultsCachingTests
{
    private const long StepMs = 60_000;

    private static readonly LabelSet s_a = LabelSet.From("__name__", "x_total", "job", "a");

    [Fact]
    public async Task Query_Repeated_ComputesYoungStepsOnly()
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = harness.NowMs / StepMs * StepMs;
        await harness.ShouldAnswerAlikeAsync("rate(x_total[5m])", end - 3_600_000, end, StepMs);
        harness.Querier.Take().ShouldHaveSingleItem();

        harness.Time.Advance(TimeSpan.FromMinutes(1));
        await harness.ShouldAnswerAlikeAsync("rate(x_total[5m])", end - 3_540_000, end + StepMs, StepMs);

        QueryRequest computed = harness.Querier.Take().ShouldHaveSingleItem();
        computed.EndMs.ShouldBe(end + StepMs);
        (computed.StartMs - (harness.NowMs - 600_000)).ShouldBeInRange(-120_000, 60_000);
    }

    [Fact]
    public async Task Query_OldRangeInAnotherSpelling_ComputesNothing()
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        await harness.AskAsync("sum( x_total )", end - 3_600_000, end, StepMs);
        harness.Querier.Take();

        QueryResult? answer = await harness.ShouldAnswerAlikeAsync("sum(x_total)", end - 1_800_000, end - 600_000, StepMs);

        answer!.Series.ShouldHaveSingleItem().Times.Length.ShouldBe(21);
        answer.Statistics.TotalQueryableSamples.ShouldBe(0);
        harness.Querier.Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task Query_WiderRange_ComputesWhatIsMissingAtBothEnds()
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        await harness.AskAsync("x_total", end - 1_200_000, end - 600_000, StepMs);
        harness.Querier.Take();

        await harness.ShouldAnswerAlikeAsync("x_total", end - 1_800_000, end, StepMs);
        harness.Querier.Take().Select(static r => (r.StartMs, r.EndMs)).ShouldBe(
            [(end - 1_800_000, end - 1_200_000 - StepMs), (end - 600_000 + StepMs, end)], ignoreOrder: true);

        await harness.ShouldAnswerAlikeAsync("x_total", end - 1_800_000, end, StepMs);
        harness.Querier.Take().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x_total", 0, 60_000)]
    [InlineData("x_total", 30_000, 30_000)]
    [InlineData("x_total offset 1m", 0, 30_000)]
    public async Task Query_OtherGridOrText_IsComputed(string query, long shiftMs, long stepMs)
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        await harness.AskAsync("x_total", end - 600_000, end, 30_000);
        harness.Querier.Take();

        await harness.ShouldAnswerAlikeAsync(query, end - 600_000 + (shiftMs / 2), end + (shiftMs / 2), stepMs);

        harness.Querier.Take().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task LateWrite_DayOfAnExtent_IsSeen()
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        await harness.AskAsync("x_total", end - 600_000, end, StepMs);

        await harness.WriteAsync(s_a, (end - 1_000, 4711));

        QueryResult? answer = await harness.ShouldAnswerAlikeAsync("x_total", end - 600_000, end, StepMs);
        answer!.Series[0].Values.Span[^1].ShouldBe(4711);
        (await harness.ReadMetricsAsync()).ShouldContain("remotestore_query_frontend_cache_invalidations_total 1\n");
    }

    [Fact]
    public async Task LateWrite_AnotherDay_LeavesExtents()
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        await harness.AskAsync("x_total", end - 600_000, end, StepMs);
        await harness.WriteAsync(s_a, (end - (3 * 86_400_000L), 4711));
        harness.Querier.Take();

        await harness.ShouldAnswerAlikeAsync("x_total", end - 600_000, end, StepMs);

        harness.Querier.Take().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x_total offset 3d")]
    [InlineData("sum_over_time(x_total[3d])")]
    [InlineData("max_over_time(sum(x_total)[3d:1h])")]
    public async Task LateWrite_DayThatStepsReachBackTo_IsSeen(string query)
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        await harness.AskAsync(query, end - 600_000, end, StepMs);

        await harness.WriteAsync(s_a, (end - (3 * 86_400_000L) + 1, 1e9));

        await harness.ShouldAnswerAlikeAsync(query, end - 600_000, end, StepMs);
    }

    [Theory]
    [InlineData("x_total offset -2h")]
    [InlineData("sum_over_time(x_total[5m] offset -2h)")]
    [InlineData("x_total smoothed")]
    public async Task Write_TimesThatStepsReachAheadTo_IsSeen(string query)
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = harness.NowMs / StepMs * StepMs;
        for (int i = 0; i < 5; i++)
        {
            await harness.ShouldAnswerAlikeAsync(query, end - 9_000_000, end, StepMs);
            harness.Time.Advance(TimeSpan.FromMinutes(3));
            await harness.WriteAsync(s_a, (harness.NowMs, 1000 + i));
        }
    }

    [Fact]
    public async Task Query_PinnedToNow_IsNotKept()
    {
        await using FrontendHarness harness = await FilledAsync();
        string query = FormattableString.Invariant($"x_total @ {harness.NowMs / 1000} + 0");
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        await harness.AskAsync(query, end - 600_000, end, StepMs);
        await harness.WriteAsync(s_a, ((harness.NowMs / 1000 * 1000) - 1, 9));

        await harness.ShouldAnswerAlikeAsync(query, end - 600_000, end, StepMs);
    }

    [Fact]
    public async Task Retention_MovesOn_StepsBehindItAreNotAnsweredFromTheCache()
    {
        await using FrontendHarness harness = await FilledAsync(static o => o with { Retention = TimeSpan.FromHours(3) });
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        for (int i = 0; i < 6; i++)
        {
            await harness.ShouldAnswerAlikeAsync("sum_over_time(x_total[10m])", end - 7_200_000, end, StepMs);
            harness.Time.Advance(TimeSpan.FromMinutes(17));
        }
    }

    [Fact]
    public async Task Query_WithAnnotations_IsKeptInPiecesThatCarryTheirOwn()
    {
        await using FrontendHarness harness = await FilledAsync();
        LabelSet gauge = LabelSet.From("__name__", "gauge");
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        await harness.WriteAsync(gauge, (end - 1_900_000, 1), (end - 1_850_000, 2));
        const string Query = "rate(gauge[5m])"; // notes that the name is not that of a counter, where it has a value
        for (int i = 0; i < 3; i++)
        {
            await harness.ShouldAnswerAlikeAsync(Query, end - 3_600_000, end, StepMs);
        }

        harness.Querier.Take();
        await harness.ShouldAnswerAlikeAsync(Query, end - 3_600_000, end, StepMs);
        harness.Querier.Take().ShouldBeEmpty();
        QueryResult? without = await harness.ShouldAnswerAlikeAsync(Query, end - 600_000, end, StepMs);
        without!.Infos.ShouldBeEmpty();
        await harness.ShouldAnswerAlikeAsync(Query, end - 1_860_000, end, StepMs);
        await harness.ShouldAnswerAlikeAsync(" " + Query, end - 3_600_000, end, StepMs);
    }

    [Fact]
    public async Task Query_CacheIsNotWanted_ComputesAll()
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        var call = new QueryCall(FrontendHarness.Tenant, new QueryRequest("x_total", end - 600_000, end, StepMs));
        foreach (QueryCall one in (QueryCall[])
        [
            call with { UseCache = false }, call with { AllowPartial = true }, call with { Request = call.Request with { StatisticsPerStep = true } }, call,
        ])
        {
            await harness.Frontend.QueryAsync(one, CancellationToken.None);
            harness.Querier.Take().ShouldHaveSingleItem();
        }

        await harness.Frontend.QueryAsync(call, CancellationToken.None);
        harness.Querier.Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task Query_WithTrace_TellsWhatCameFromTheCache()
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        await harness.AskAsync("x_total", end - 600_000, end, StepMs);
        var call = new QueryCall(FrontendHarness.Tenant, new QueryRequest("x_total", end - 600_000, end, StepMs) { Trace = true });

        QueryTrace? all = (await harness.Frontend.QueryAsync(call, CancellationToken.None)).Trace;
        QueryTrace? some = (await harness.Frontend.QueryAsync(
            call with { Request = call.Request with { StartMs = end - 900_000 } }, CancellationToken.None)).Trace;

        (all!.Note, all.Inputs.Count).ShouldBe(("11 of 11 steps from the results cache", 0));
        (some!.Note, some.Inputs.Count).ShouldBe(("11 of 16 steps from the results cache", 1));
    }

    [Fact]
    public async Task Query_MoreThanFits_OldestMakeRoom()
    {
        await using FrontendHarness harness = await FilledAsync(options: new QueryFrontendOptions { ResultsCacheBytes = 20_000 });
        long end = (harness.NowMs / StepMs * StepMs) - 3_600_000;
        for (int i = 0; i < 40; i++)
        {
            await harness.ShouldAnswerAlikeAsync(FormattableString.Invariant($"x_total + {i}"), end - 3_600_000, end, StepMs);
        }

        string metrics = await harness.ReadMetricsAsync();
        Value(metrics, "remotestore_query_frontend_cache_bytes").ShouldBeInRange(1, 20_000);
        Value(metrics, "remotestore_query_frontend_cache_evictions_total").ShouldBeGreaterThan(20);
        harness.Querier.Take();
        await harness.ShouldAnswerAlikeAsync("x_total + 39", end - 3_600_000, end, StepMs);
        harness.Querier.Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task Query_WindowMovesForAWeek_KeepsLittleMoreThanIsAskedFor()
    {
        await using FrontendHarness harness = await FilledAsync();
        long end = (harness.NowMs / StepMs * StepMs) - (7 * 86_400_000L);
        for (int i = 0; i < 300; i++)
        {
            end += 30 * StepMs;
            await harness.AskAsync("vector(1) + scalar(x_total)", end - 3_600_000, end, StepMs);
        }

        Value(await harness.ReadMetricsAsync(), "remotestore_query_frontend_cache_bytes").ShouldBeLessThan(10_000);
    }

    private static double Value(string metrics, string name) => double.Parse(
        metrics.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..],
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A counter with a sample every 15 seconds for the last four hours.</summary>
    private static async Task<FrontendHarness> FilledAsync(Func<Tsdb.TsdbOptions, Tsdb.TsdbOptions>? store = null, QueryFrontendOptions? options = null)
    {
        FrontendHarness harness = await FrontendHarness.StartAsync(options, store: store);
        long first = harness.NowMs - 14_400_000 + (store is null ? 0 : 3_700_000);
        await harness.WriteAsync(s_a, [.. Enumerable.Range(0, (int)((harness.NowMs - first) / 15_000)).Select(i => (first + (i * 15_000L), i * 1.5))]);
        return harness;
    }
}
