using RemoteStore.PromQL.Results;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Planning;

public sealed class TraceTests
{
    private static readonly SeriesStore s_store = new SeriesStore()
        .Add("m", ["a", "1"], SeriesStore.Rising(60))
        .Add("m", ["a", "2"], SeriesStore.Rising(60));

    [Fact]
    public async Task Trace_NotAskedFor_IsNotMade() =>
        (await Planned.RunAsync(s_store, QueryRequest.Instant("sum(m)", 100_000), new EngineOptions())).Trace.ShouldBeNull();

    [Fact]
    public async Task Trace_OfAQuery_HasATreeOfItsParts()
    {
        QueryTrace root = await TraceAsync("max(rate(m[1m])) + sum by (a) (m offset 10s) * 2");
        root.Operation.ShouldBe("query");
        root.Note.ShouldBe("plan cache miss");
        Names(root, 0).ShouldBe(
        [
            "0 query",
            "1 join +: max(rate(m[1m])) + sum by (a) (m offset 10s) * 2",
            "2 max: max(rate(m[1m]))",
            "3 rate: rate(m[1m])",
            "4 select range: m[1m]",
            "2 each *: sum by (a) (m offset 10s) * 2",
            "3 sum: sum by (a) (m offset 10s)",
            "4 select: m offset 10s",
        ]);
    }

    [Fact]
    public async Task Trace_OfAQuery_HasItsFigures()
    {
        QueryTrace root = await TraceAsync("sum(rate(m[1m]))");
        QueryTrace sum = root.Inputs.ShouldHaveSingleItem();
        QueryTrace rate = sum.Inputs.ShouldHaveSingleItem();
        QueryTrace select = rate.Inputs.ShouldHaveSingleItem();
        root.Series.ShouldBe(1);
        sum.Series.ShouldBe(1);
        rate.Series.ShouldBe(2);
        select.Series.ShouldBe(2);
        select.Samples.ShouldBeGreaterThan(0);
        (root.Samples, sum.Samples, rate.Samples).ShouldBe((select.Samples, select.Samples, select.Samples));
        sum.Elapsed.ShouldBeGreaterThanOrEqualTo(select.Elapsed);
        sum.PeakBytes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Trace_OfRepeatedParts_TellsWhereTheyAreComputed()
    {
        QueryTrace join = (await TraceAsync("sum(m) / (1 + sum(m))")).Inputs.ShouldHaveSingleItem();
        join.Inputs[0].Note.ShouldBe("computed once for 2 places");
        join.Inputs[0].Samples.ShouldBeGreaterThan(0);
        QueryTrace again = join.Inputs[1].Inputs.ShouldHaveSingleItem();
        again.Operation.ShouldBe("sum: sum(m)");
        again.Note.ShouldBe("computed at another place");
        again.Samples.ShouldBe(0);
        again.Inputs.ShouldBeEmpty();
    }

    [Fact]
    public async Task Trace_OfWhatIsPinned_TellsThatItIsComputedOnce()
    {
        QueryTrace join = (await TraceAsync("m * on (a) sum by (a) (m @ 100)")).Inputs.ShouldHaveSingleItem();
        join.Inputs[1].Operation.ShouldBe("sum: sum by (a) (m @ 100)");
        join.Inputs[1].Note.ShouldBe("computed once for all steps");
        join.Inputs[0].Note.ShouldBe("");
    }

    [Fact]
    public async Task Trace_OfAQueryThatWasAskedBefore_TellsOfThePlanCache()
    {
        var engine = new QueryEngine(new EngineOptions(), TimeProvider.System);
        QueryRequest request = QueryRequest.Instant("sum(m)", 100_000) with { Trace = true };
        string[] notes =
        [
            (await engine.QueryAsync(Model.TenantId.Anonymous, s_store, request, CancellationToken.None)).Trace!.Note,
            (await engine.QueryAsync(Model.TenantId.Anonymous, s_store, request with { StartMs = 200_000 }, CancellationToken.None)).Trace!.Note,
        ];
        notes.ShouldBe(["plan cache miss", "plan cache hit"]);
        (engine.PlanCacheHits, engine.PlanCacheMisses).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("m[1m]")]
    [InlineData("max_over_time(m[1m:10s])[1m:20s]")]
    [InlineData("scalar(sum(m)) + 1")]
    [InlineData("1 + 1")]
    [InlineData("\"text\"")]
    [InlineData("m @ 50 / m @ 50")]
    public async Task Trace_ChangesNoAnswer(string query)
    {
        QueryRequest request = QueryRequest.Instant(query, 300_000);
        string plain = await Planned.DescribeAsync(s_store, request, new EngineOptions());
        (await Planned.DescribeAsync(s_store, request with { Trace = true }, new EngineOptions())).ShouldBe(plain);
    }

    private static async Task<QueryTrace> TraceAsync(string query)
    {
        var request = new QueryRequest(query, 100_000, 400_000, 10_000) { Trace = true };
        return (await Planned.RunAsync(s_store, request, new EngineOptions())).Trace.ShouldNotBeNull();
    }

    private static IEnumerable<string> Names(QueryTrace node, int depth) =>
        [$"{depth} {node.Operation}", .. node.Inputs.SelectMany(input => Names(input, depth + 1))];
}
