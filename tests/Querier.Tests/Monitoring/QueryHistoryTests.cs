using RemoteStore.Model;
using RemoteStore.Querier.Monitoring;
using Shouldly;
using Xunit;

namespace RemoteStore.Querier.Tests.Monitoring;

public sealed class QueryHistoryTests
{
    private static readonly TenantId s_busy = TenantId.Parse("busy");
    private static readonly TenantId s_quiet = TenantId.Parse("quiet");

    [Fact]
    public void Add_BeyondTheBound_DropsTheOldestOfTheBusiestTenant()
    {
        int size = Query(0).SizeBytes;
        var history = new QueryHistory(10 * size);
        history.Add(s_quiet, Query(0));
        for (int i = 1; i <= 1000; i++)
        {
            history.Add(s_busy, Query(i));
            history.Bytes.ShouldBeLessThanOrEqualTo(10 * size);
        }

        history.Since(s_quiet, 0).Count.ShouldBe(1);
        history.Since(s_busy, 0).Select(static query => query.EndedMs).ShouldBe(Enumerable.Range(992, 9).Select(static i => (long)i));
    }

    [Fact]
    public void Add_OneQueryLargerThanTheBound_IsNotKept()
    {
        var history = new QueryHistory(100);
        history.Add(s_busy, Query(1));
        history.Bytes.ShouldBe(0);
        history.Since(s_busy, 0).ShouldBeEmpty();
    }

    [Fact]
    public void Add_ManyTenants_StaysWithinTheBound()
    {
        int size = Query(0).SizeBytes;
        var history = new QueryHistory(50 * size);
        for (int i = 0; i < 5000; i++)
        {
            history.Add(TenantId.Parse($"tenant-{i}"), Query(i));
        }

        history.Bytes.ShouldBe(50 * size);
    }

    private static FinishedQuery Query(int endedMs) => new("up", "", "", 0, endedMs, TimeSpan.FromSeconds(1), 1, 1, false);
}
