using RemoteStore.Model;
using RemoteStore.PromQL.Tests.Support;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Memory;

public sealed class QueryLimitTests
{
    private const long Hour = 3_600_000;

    private static readonly EngineOptions s_options = new();

    [Fact]
    public async Task Query_OverSamples_FailsInTheReferencesWords() =>
        await Fails("m", s_options with { MaxSamples = 100 }, "query processing would load too many samples into memory in query execution");

    [Fact]
    public async Task Query_OverSeries_NamesTheLimit() =>
        await Fails("sum(m)", s_options with { MaxSeries = 7 }, "query selects more series than its limit of 7 (max-series)");

    [Fact]
    public async Task Query_OverMemory_NamesTheLimit() =>
        await Fails("m", s_options with { MaxMemoryBytes = 20_000 }, "query needs more memory than its limit of 20000 bytes (max-bytes)");

    [Fact]
    public async Task Query_OverSteps_NamesTheLimit() =>
        await Fails("m", s_options with { MaxSteps = 60 }, "query or subquery has 61 steps, more than its limit of 60 (max-steps)");

    [Fact]
    public async Task Subquery_OverSteps_NamesTheLimit() =>
        await Fails("max_over_time(m[1y:1ms])", s_options, "query or subquery has 31539600000 steps, more than its limit of 10000000 (max-steps)");

    [Fact]
    public async Task Query_MakingLongLabels_NamesTheLimit() => await Fails(
        "label_replace(m, \"x\", \"$1$1$1$1$1$1$1$1$1$1\", \"instance\", \"(.*)\")",
        s_options with { MaxLabelBytes = 100 },
        "query makes a series whose labels are longer than its limit of 100 bytes (max-label-bytes)");

    [Fact]
    public async Task Query_JoiningLongLabels_NamesTheLimit() => await Fails(
        "label_join(m, \"x\", \"\", \"path\", \"path\", \"path\", \"path\", \"path\", \"path\", \"path\", \"path\", \"path\")",
        s_options with { MaxLabelBytes = 100 },
        "query makes a series whose labels are longer than its limit of 100 bytes (max-label-bytes)");

    [Fact]
    public async Task Query_OutOfTime_FailsInTheReferencesWords() =>
        await Fails("m", s_options with { Timeout = TimeSpan.Zero }, "query timed out in expression evaluation", QueryErrorKind.Timeout);

    [Fact]
    public async Task Limits_OfARequest_Lower()
    {
        QueryRequest request = Request("m") with { Limits = new QueryLimits { MaxSeries = 3 } };
        (await Should.ThrowAsync<QueryException>(async () => await Run(s_options, request))).Message.ShouldContain("limit of 3 (max-series)");
        request = Request("m") with { Limits = new QueryLimits { MaxMemoryBytes = 4096 } };
        (await Should.ThrowAsync<QueryException>(async () => await Run(s_options, request))).Message.ShouldContain("limit of 4096 bytes");
        request = Request("m") with { Limits = new QueryLimits { MaxSteps = 5 } };
        (await Should.ThrowAsync<QueryException>(async () => await Run(s_options, request))).Message.ShouldContain("limit of 5 (max-steps)");
        request = Request("m") with { Limits = new QueryLimits { MaxSamples = 5 } };
        (await Should.ThrowAsync<QueryException>(async () => await Run(s_options, request))).Message.ShouldContain("too many samples");
    }

    [Fact]
    public async Task Limits_OfARequest_NeverRaise()
    {
        QueryRequest request = Request("m") with { Limits = new QueryLimits { MaxSeries = 1_000_000 } };
        (await Should.ThrowAsync<QueryException>(async () => await Run(s_options with { MaxSeries = 7 }, request))).Message.ShouldContain("limit of 7");
    }

    [Fact]
    public async Task Steps_OfAHugeRange_AreCountedBeforeAnythingIsHeld()
    {
        var request = new QueryRequest("m", long.MinValue, long.MaxValue, 1);
        QueryException e = await Should.ThrowAsync<QueryException>(async () => await Run(s_options, request));
        e.Message.ShouldStartWith("query or subquery has ");
        e.Kind.ShouldBe(QueryErrorKind.Limit);
    }

    private static QueryRequest Request(string query) => new(query, Hour, 2 * Hour, 60_000);

    private static async Task<Results.QueryResult> Run(EngineOptions options, QueryRequest request) => await new QueryEngine(options, TimeProvider.System)
        .QueryAsync(TenantId.Anonymous, new GeneratedStore(50, 60_000), request, CancellationToken.None);

    private static async Task Fails(string query, EngineOptions options, string message, QueryErrorKind kind = QueryErrorKind.Limit)
    {
        QueryException e = await Should.ThrowAsync<QueryException>(async () => await Run(options, Request(query)));
        e.Message.ShouldBe(message);
        e.Kind.ShouldBe(kind);
    }
}
