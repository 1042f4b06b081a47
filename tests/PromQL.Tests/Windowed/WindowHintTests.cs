using RemoteStore.Model;
using RemoteStore.PromQL.Tests.Planning;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Windowed;

/// <summary>What storage is told, so that it can choose between samples and windows.</summary>
public sealed class WindowHintTests
{
    private const long Minute = 60_000;

    [Theory]
    [InlineData("rate(m[5m])", 5, 10, 1)]
    [InlineData("rate(m[5m] offset 2m)", 5, 8, 1)]
    [InlineData("rate(m[5m] @ 120)", 5, 2, 0)]
    [InlineData("rate(m[5m] @ end() offset 1m)", 5, 19, 0)]
    [InlineData("m", 0, 10, 1)]
    [InlineData("sum(m offset -3m)", 0, 13, 1)]
    public async Task Selector_OfRangeQuery_SaysWhenItIsEvaluated(string query, long rangeMinutes, long firstMinute, long stepMinutes)
    {
        SelectHints hints = await HintsOfAsync(new QueryRequest(query, 10 * Minute, 20 * Minute, Minute));
        (hints.RangeMs, hints.FirstEvaluationMs, hints.StepMs).ShouldBe((rangeMinutes * Minute, firstMinute * Minute, stepMinutes * Minute));
        hints.AcceptsWindows.ShouldBeTrue();
    }

    [Fact]
    public async Task SelectorInSubquery_SaysTheStepsOfThat()
    {
        SelectHints hints = await HintsOfAsync(new QueryRequest("max_over_time(rate(m[5m])[10m:2m] offset 1m)", 11 * Minute, 21 * Minute, Minute));
        (hints.RangeMs, hints.FirstEvaluationMs, hints.StepMs).ShouldBe((5 * Minute, 2 * Minute, 2 * Minute));
    }

    [Fact]
    public async Task LonePieceOfRangeQuery_HasTheStepOfTheWhole()
    {
        SelectHints hints = await HintsOfAsync(new QueryRequest("m", 10 * Minute, 10 * Minute, 7 * Minute) { MaxSourceResolution = SourceResolution.Auto });
        hints.StepMs.ShouldBe(7 * Minute);
        hints.MaxResolutionMs.ShouldBe(7 * Minute / 5);
    }

    [Theory]
    [InlineData("m", "0s", 0)]
    [InlineData("m", "1h", 60)]
    [InlineData("m", "auto", 2)]
    [InlineData("max_over_time(m[1h:5m])", "auto", 1)]
    public async Task MaxSourceResolution_IsThatOfTheStepsOfTheSelector(string query, string text, long expectedMinutes)
    {
        SourceResolution.TryParse(text, out SourceResolution resolution, out _).ShouldBeTrue();
        SelectHints hints = await HintsOfAsync(new QueryRequest(query, 0, 100 * Minute, 10 * Minute) { MaxSourceResolution = resolution });
        hints.MaxResolutionMs.ShouldBe(expectedMinutes * Minute);
    }

    [Fact]
    public async Task InstantQuery_HasNoStepAndTakesNoCoarseDataByItself()
    {
        SelectHints hints = await HintsOfAsync(QueryRequest.Instant("m", 10 * Minute) with { MaxSourceResolution = SourceResolution.Auto });
        (hints.StepMs, hints.MaxResolutionMs).ShouldBe((0, 0));
    }

    [Fact]
    public async Task RangeVectorAsAnswer_TakesSamplesOnly() =>
        (await HintsOfAsync(QueryRequest.Instant("m[5m]", 10 * Minute))).AcceptsWindows.ShouldBeFalse();

    [Theory]
    [InlineData("m", WindowColumns.First | WindowColumns.Last)]
    [InlineData("sum_over_time(m[5m])", WindowColumns.Sum | WindowColumns.Last)]
    [InlineData("avg_over_time(m[5m])", WindowColumns.Sum | WindowColumns.Count | WindowColumns.Last)]
    [InlineData("max_over_time(m[5m])", WindowColumns.Max | WindowColumns.Last)]
    [InlineData("rate(m[5m])", WindowColumns.First | WindowColumns.Last | WindowColumns.Count | WindowColumns.Resets)]
    [InlineData("rate(m[5m] anchored)", WindowColumns.All)]
    public async Task Columns_AreThoseThatTheFunctionReads(string query, WindowColumns expected) =>
        (await HintsOfAsync(QueryRequest.Instant(query, 10 * Minute))).Columns.ShouldBe(expected);

    [Fact]
    public async Task AnchoredRange_IsNotOneOfTheFunctionsThatWindowsAnswer() =>
        (await HintsOfAsync(QueryRequest.Instant("rate(m[5m] anchored)", 10 * Minute))).Function.ShouldBeEmpty();

    private static async Task<SelectHints> HintsOfAsync(QueryRequest request)
    {
        SeriesStore store = new SeriesStore().Add("m", [], SeriesStore.Rising(600));
        var engine = new QueryEngine(new EngineOptions(), TimeProvider.System);
        await engine.QueryAsync(TenantId.Anonymous, store, request, CancellationToken.None);
        return store.Selections.ShouldHaveSingleItem();
    }
}
