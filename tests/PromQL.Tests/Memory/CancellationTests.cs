using RemoteStore.Model;
using RemoteStore.PromQL.Tests.Support;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Memory;

public sealed class CancellationTests
{
    private const long Second = 1_000;

    /// <summary>Far above what a cancelled query needs and far below what these queries take.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("sum(m)")]
    [InlineData("topk(3, rate(m[5m]))")]
    [InlineData("m + on (instance) n")]
    [InlineData("m or n")]
    [InlineData("sort(m)")]
    [InlineData("quantile(0.5, m)")]
    [InlineData("label_replace(m, \"x\", \"$1\", \"instance\", \"(.*)\")")]
    [InlineData("absent(m)")]
    [InlineData("count_values(\"v\", n)")]
    [InlineData("scalar(m)")]
    public async Task Query_CancelledWhileItReads_AsksForNoFurtherBatch(string query)
    {
        using var source = new CancellationTokenSource();
        var store = new GeneratedStore(4_000, 60 * Second) { SeriesPerBatch = 10 };
        store.OnAccess = access =>
        {
            if (access == 7)
            {
                source.Cancel();
            }
        };
        QueryException e = await Should.ThrowAsync<QueryException>(async () => await Run(store, query, 600, source.Token));
        e.Kind.ShouldBe(QueryErrorKind.Canceled);
        e.Message.ShouldBe("query was canceled in expression evaluation");
        store.Accesses.ShouldBe(8);
        store.Open.ShouldBe(0);
    }

    [Theory]
    [InlineData("quantile_over_time(0.5, n[12h])")] // 43,200 samples in order at each of a million steps
    [InlineData("mad_over_time(n[12h])")]
    [InlineData("max_over_time(quantile_over_time(0.5, n[6h])[6h:1s])")]
    [InlineData("quantile(0.5, label_replace(n, \"x\", \"$1\", \"instance\", \"(.*)\") or quantile_over_time(0.9, n[12h]))")]
    public async Task Query_CancelledWithinASeries_Ends(string query)
    {
        using var source = new CancellationTokenSource();
        using var reading = new SemaphoreSlim(0);
        var store = new GeneratedStore(1, Second);
        store.OnAccess = access =>
        {
            if (access == 2)
            {
                reading.Release();
            }
        };
        Task<Results.QueryResult> task = Task.Run(async () => await Run(store, query, 1_000_000, source.Token));
        await reading.WaitAsync();
        await source.CancelAsync();
        QueryException e = await Should.ThrowAsync<QueryException>(async () => await task.WaitAsync(s_patience));
        e.Kind.ShouldBe(QueryErrorKind.Canceled);
        store.Open.ShouldBe(0);
    }

    private static async Task<Results.QueryResult> Run(GeneratedStore store, string query, int steps, CancellationToken cancellationToken)
    {
        long start = 100_000 * Second;
        var request = new QueryRequest(query, start, start + ((steps - 1) * Second), Second);
        return await new QueryEngine(new EngineOptions(), TimeProvider.System).QueryAsync(TenantId.Anonymous, store, request, cancellationToken);
    }
}
