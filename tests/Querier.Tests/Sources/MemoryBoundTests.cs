using RemoteStore.Model;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using Shouldly;
using Xunit;

namespace RemoteStore.Querier.Tests.Sources;

/// <summary>What queries hold together stays bounded, while a source hangs too, and each that would pass the bound is told which.</summary>
public sealed class MemoryBoundTests
{
    private const long TotalBytes = 1 << 20;
    private const long TenantBytes = 700 << 10;

    [Fact]
    public async Task Query_AllTogetherWouldPassTheBound_FailsAndNamesIt()
    {
        using SourceHarness harness = Create(out QueryEngine engine, tenantBytes: 0);
        await harness.FillAsync(series: 100);

        QueryException e = await Should.ThrowAsync<QueryException>(async () => await AskAsync(engine, harness, SourceHarness.A, "m", 20_000));

        e.Kind.ShouldBe(QueryErrorKind.Limit);
        e.Message.ShouldBe("query needs more memory than others leave of the 1048576 bytes that queries may hold together (query.max-memory-bytes)");
        engine.MemoryBytes.ShouldBe(0);
        engine.PeakMemoryBytes.ShouldBeLessThanOrEqualTo(TotalBytes);
    }

    [Fact]
    public async Task Query_TenantWouldPassItsBound_FailsAndOthersAreAnswered()
    {
        using SourceHarness harness = Create(out QueryEngine engine, TenantBytes);
        await harness.FillAsync(series: 100);

        QueryException e = await Should.ThrowAsync<QueryException>(async () => await AskAsync(engine, harness, SourceHarness.A, "m", 20_000));
        e.Message.ShouldContain("716800 bytes that queries may hold together (query.max-tenant-memory-bytes)");
        (await AskAsync(engine, harness, SourceHarness.B, "sum(m)", 20)).Series.Count.ShouldBe(1);
        engine.PeakMemoryBytes.ShouldBeLessThanOrEqualTo(TenantBytes);
    }

    [Fact]
    public async Task Query_ManyAtOnceOverASlowSource_HoldNoMoreThanTheBound()
    {
        using SourceHarness harness = Create(out QueryEngine engine, tenantBytes: 0);
        await harness.FillAsync(series: 50);
        harness.Blocks.Before = static async (_, _, _, _) => await Task.Yield();

        Task<bool>[] queries = [.. Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            try
            {
                await AskAsync(engine, harness, i % 2 == 0 ? SourceHarness.A : SourceHarness.B, "m", 400);
                return true;
            }
            catch (QueryException e) when (e.Kind == QueryErrorKind.Limit)
            {
                return false;
            }
        }))];
        bool[] answered = await Task.WhenAll(queries);

        answered.ShouldContain(true);
        engine.PeakMemoryBytes.ShouldBeInRange(1, TotalBytes);
        engine.MemoryBytes.ShouldBe(0);
    }

    private static SourceHarness Create(out QueryEngine engine, long tenantBytes)
    {
        var harness = new SourceHarness(seriesPerBatch: 100);
        engine = new QueryEngine(
            new EngineOptions { MaxTotalMemoryBytes = TotalBytes, MaxTenantMemoryBytes = tenantBytes, Timeout = TimeSpan.FromDays(10) }, harness.Time);
        return harness;
    }

    private static ValueTask<QueryResult> AskAsync(QueryEngine engine, SourceHarness harness, TenantId tenant, string query, int steps)
    {
        var request = new QueryRequest(query, SourceHarness.Boundary - 100_000, SourceHarness.Boundary - 100_000 + ((steps - 1) * 10L), 10);
        return new EngineQueryService(engine, harness.Merged).QueryAsync(new QueryCall(tenant, request), CancellationToken.None);
    }
}
