using RemoteStore.Primitives.Memory;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Memory;

public sealed class MemoryBudgetTests
{
    [Fact]
    public void TryTake_NoRoom_SaysWhereAndTakesNothing()
    {
        var total = new MemoryBudget("total", 100);
        var first = new MemoryBudget("first", 80, total);
        var second = new MemoryBudget("second", 80, total);

        first.TryTake(80).ShouldBeNull();
        first.TryTake(1).ShouldBe(first);
        second.TryTake(21).ShouldBe(total);
        second.TryTake(long.MaxValue).ShouldBe(second);
        second.TryTake(20).ShouldBeNull();

        (first.Bytes, second.Bytes, total.Bytes, total.PeakBytes).ShouldBe((80, 20, 100, 100));
        first.Give(80);
        second.Give(20);
        (first.Bytes, second.Bytes, total.Bytes, total.PeakBytes).ShouldBe((0, 0, 0, 100));
    }

    [Fact]
    public void TryTake_ManyThreads_NeverPassesTheBound()
    {
        var total = new MemoryBudget("total", 1000);
        MemoryBudget[] tenants = [.. Enumerable.Range(0, 4).Select(_ => new MemoryBudget("tenant", 400, total))];
        Parallel.For(0, 100_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            MemoryBudget tenant = tenants[i % 4];
            int bytes = i % 300;
            if (tenant.TryTake(bytes) is null)
            {
                tenant.Give(bytes);
            }
        });

        total.PeakBytes.ShouldBeLessThanOrEqualTo(1000);
        tenants.ShouldAllBe(static tenant => tenant.PeakBytes <= 400 && tenant.Bytes == 0);
        total.Bytes.ShouldBe(0);
    }
}
