using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests.Splitting;

public class SplitQueryTests
{
    private const long HourMs = 3_600_000;

    private static readonly QueryFrontendOptions s_split = new() { SplitInterval = TimeSpan.FromHours(1), ResultsCacheBytes = 0 };

    [Theory]
    [InlineData("x_total")]
    [InlineData("sum(rate(x_total[17m]))")]
    [InlineData("avg by (job) (x_total / 3)")]
    [InlineData("absent(x_total{job=\"b\"})")]
    [InlineData("count_over_time(x_total[7m:13s])")]
    [InlineData("scalar(x_total{job=\"a\"})")]
    [InlineData("sort(x_total)")]
    [InlineData("rate(gauge[5m])")]
    [InlineData("quantile(2, x_total)")]
    public async Task Query_SeveralIntervals_IsComputedInPiecesAndAnswersAlike(string query)
    {
        await using FrontendHarness harness = await FilledAsync(s_split);
        await harness.ShouldAnswerAlikeAsync(query, harness.NowMs - (5 * HourMs), harness.NowMs, 17_000);

        IReadOnlyList<QueryRequest> pieces = harness.Querier.Take();
        pieces.Count.ShouldBe(6);
        pieces.ShouldAllBe(static piece => piece.StartMs / HourMs == piece.EndMs / HourMs);
        string metrics = await harness.ReadMetricsAsync();
        metrics.ShouldContain("remotestore_query_frontend_split_queries_total 1\n");
        metrics.ShouldContain("remotestore_query_frontend_computed_pieces_total 6\n");
    }

    [Theory]
    [InlineData("x_total @ end()")]
    [InlineData("topk(1, x_total)")]
    [InlineData("x_total * range()")]
    [InlineData("x_total @ 1000")]
    public async Task Query_PiecesCouldDiffer_IsComputedAsAWhole(string query)
    {
        await using FrontendHarness harness = await FilledAsync(s_split);

        await harness.ShouldAnswerAlikeAsync(query, harness.NowMs - (5 * HourMs), harness.NowMs, 17_000);

        harness.Querier.Take().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Query_OnePieceFails_FailsInTheWordsOfTheWhole()
    {
        await using FrontendHarness harness = await FilledAsync(s_split);
        await harness.WriteAsync(LabelSet.From("__name__", "y_total", "job", "a"), (harness.NowMs - 100_000, 1));

        await harness.ShouldAnswerAlikeAsync(
            "{__name__=~\"x_total|y_total\", job=\"a\"} * on (job) group_left {__name__=~\"x_total|y_total\", job=\"a\"}",
            harness.NowMs - (5 * HourMs), harness.NowMs, 17_000);

        (await harness.ReadMetricsAsync()).ShouldContain("remotestore_query_frontend_recomputed_queries_total 1\n");
    }

    [Fact]
    public async Task Query_PiecesFitButTheWholeDoesNot_IsOverTheLimit()
    {
        await using FrontendHarness harness = await FilledAsync(s_split, new EngineOptions { MaxSamples = 2_500 });

        QueryException failure = await Should.ThrowAsync<QueryException>(
            harness.AskAsync("x_total", harness.NowMs - (5 * HourMs), harness.NowMs, 10_000).AsTask());

        failure.Message.ShouldBe("query processing would load too many samples into memory in query execution");
    }

    [Fact]
    public async Task Query_Pieces_StatisticsAreSumsAndPeaks()
    {
        await using FrontendHarness harness = await FilledAsync(s_split);
        QueryResult direct = await harness.AskDirectlyAsync("x_total", harness.NowMs - (5 * HourMs), harness.NowMs, 17_000);

        QueryResult answer = await harness.AskAsync("x_total", harness.NowMs - (5 * HourMs), harness.NowMs, 17_000);

        answer.Statistics.TotalQueryableSamples.ShouldBe(direct.Statistics.TotalQueryableSamples);
        answer.Statistics.PeakSamples.ShouldBeInRange(1, direct.Statistics.PeakSamples);
        answer.Statistics.PeakMemoryBytes.ShouldBeInRange(1, direct.Statistics.PeakMemoryBytes);
    }

    private static async Task<FrontendHarness> FilledAsync(QueryFrontendOptions options, EngineOptions? engine = null)
    {
        FrontendHarness harness = await FrontendHarness.StartAsync(options, engine);
        long first = harness.NowMs - (6 * HourMs);
        foreach ((string name, string job) in ((string, string)[])[("x_total", "a"), ("x_total", "b"), ("gauge", "a")])
        {
            LabelSet labels = LabelSet.From("__name__", name, "job", job);
            int from = job == "b" ? 600 : 0;
            await harness.WriteAsync(labels, [.. Enumerable.Range(from, 1440 - from).Select(i => (first + (i * 15_000L), i % 500 * 0.7))]);
        }

        return harness;
    }
}
