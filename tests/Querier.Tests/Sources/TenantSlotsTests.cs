using RemoteStore.Model;
using RemoteStore.Querier.Sources;
using Shouldly;
using Xunit;

namespace RemoteStore.Querier.Tests.Sources;

public sealed class TenantSlotsTests
{
    private static readonly TenantId s_a = TenantId.Parse("a");
    private static readonly TenantId s_b = TenantId.Parse("b");

    [Fact]
    public async Task EnterAsync_TenantHasAllItsTurns_WaitsWhileOthersEnter()
    {
        using var slots = new TenantSlots(perTenant: 1, total: 2);
        IDisposable first = await slots.EnterAsync(s_a, CancellationToken.None);
        Task<IDisposable> second = slots.EnterAsync(s_a, CancellationToken.None).AsTask();

        (await slots.EnterAsync(s_b, CancellationToken.None)).Dispose();
        second.IsCompleted.ShouldBeFalse();
        first.Dispose();
        first.Dispose(); // a second time has no effect
        Task<IDisposable> third = slots.EnterAsync(s_a, CancellationToken.None).AsTask();
        IDisposable entered = await second;
        third.IsCompleted.ShouldBeFalse();
        entered.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task EnterAsync_GivenUp_LeavesNothingTaken()
    {
        using var slots = new TenantSlots(perTenant: 2, total: 1);
        IDisposable first = await slots.EnterAsync(s_a, CancellationToken.None);
        using var impatient = new CancellationTokenSource();
        Task<IDisposable>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => slots.EnterAsync(s_a, impatient.Token).AsTask())];

        await impatient.CancelAsync();
        foreach (Task<IDisposable> wait in waiting)
        {
            await Should.ThrowAsync<OperationCanceledException>(wait);
        }

        first.Dispose();
        for (int i = 0; i < 3; i++)
        {
            (await slots.EnterAsync(s_a, CancellationToken.None)).Dispose();
            (await slots.EnterAsync(s_b, CancellationToken.None)).Dispose();
        }
    }

    [Fact]
    public async Task EnterAsync_ManyAtOnce_BoundsHold()
    {
        using var slots = new TenantSlots(perTenant: 3, total: 5);
        int[] now = new int[5];
        int[] most = new int[5];
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, token) =>
        {
            int tenant = i % 4;
            using IDisposable turn = await slots.EnterAsync(TenantId.Parse($"t{tenant}"), token);
            foreach (int counter in new[] { tenant, 4 })
            {
                int count = Interlocked.Increment(ref now[counter]);
                lock (most)
                {
                    most[counter] = Math.Max(most[counter], count);
                }
            }

            await Task.Yield();
            Interlocked.Decrement(ref now[tenant]);
            Interlocked.Decrement(ref now[4]);
        });

        most.Take(4).ShouldAllBe(static count => count <= 3);
        most[4].ShouldBeLessThanOrEqualTo(5);
        now.ShouldAllBe(static count => count == 0);
    }
}
