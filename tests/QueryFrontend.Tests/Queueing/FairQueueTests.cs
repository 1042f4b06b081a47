using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.PromQL;
using RemoteStore.QueryFrontend.Queueing;
using RemoteStore.Telemetry;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests.Queueing;

public class FairQueueTests
{
    private static readonly TenantId s_a = TenantId.Parse("a");
    private static readonly TenantId s_b = TenantId.Parse("b");

    [Fact]
    public async Task EnterAsync_SlotsAreFree_GivesThemAtOnce()
    {
        FairQueue queue = Queue(2);
        QuerySlot first = await queue.EnterAsync(s_a, CancellationToken.None);
        QuerySlot second = await queue.EnterAsync(s_b, CancellationToken.None);

        queue.TryEnter(s_a).ShouldBeNull();
        first.Dispose();
        second.Dispose();
        queue.TryEnter(s_a).ShouldNotBeNull();
    }

    [Fact]
    public async Task Release_TenantsWait_TakesTurnsAmongThem()
    {
        FairQueue queue = Queue(1);
        QuerySlot slot = await queue.EnterAsync(s_a, CancellationToken.None);
        Task<QuerySlot>[] ofA = [.. Enumerable.Range(0, 3).Select(_ => queue.EnterAsync(s_a, CancellationToken.None).AsTask())];
        Task<QuerySlot>[] ofB = [.. Enumerable.Range(0, 2).Select(_ => queue.EnterAsync(s_b, CancellationToken.None).AsTask())];

        foreach (Task<QuerySlot> expected in (Task<QuerySlot>[])[ofA[0], ofB[0], ofA[1], ofB[1], ofA[2]])
        {
            slot.Dispose();
            slot = await expected;
            ofA.Concat(ofB).Count(static task => task.IsCompleted).ShouldBe(Array.IndexOf([ofA[0], ofB[0], ofA[1], ofB[1], ofA[2]], expected) + 1);
        }
    }

    [Fact]
    public async Task EnterAsync_TenantAtItsConcurrency_LeavesSlotsToOthers()
    {
        FairQueue queue = Queue(3, new TenantQueryLimits { MaxConcurrency = 1 });
        QuerySlot slot = await queue.EnterAsync(s_a, CancellationToken.None);
        Task<QuerySlot> waiting = queue.EnterAsync(s_a, CancellationToken.None).AsTask();

        (await queue.EnterAsync(s_b, CancellationToken.None)).ShouldNotBeNull();
        waiting.IsCompleted.ShouldBeFalse();
        slot.Dispose();
        (await waiting).ShouldNotBeNull();
    }

    [Fact]
    public async Task EnterAsync_TooManyWait_IsRefusedWithTheLimit()
    {
        FairQueue queue = Queue(1, new TenantQueryLimits { MaxQueued = 2 });
        await queue.EnterAsync(s_a, CancellationToken.None);
        _ = queue.EnterAsync(s_a, CancellationToken.None).AsTask();
        _ = queue.EnterAsync(s_a, CancellationToken.None).AsTask();

        QueryException refusal = await Should.ThrowAsync<QueryException>(queue.EnterAsync(s_a, CancellationToken.None).AsTask());

        refusal.Kind.ShouldBe(QueryErrorKind.TooManyRequests);
        refusal.Message.ShouldBe("2 queries of tenant a wait, the limit is 2 (limits.max-queued-queries)");
        queue.EnterAsync(s_b, CancellationToken.None).AsTask().IsCompleted.ShouldBeFalse(); // waits, for its own bound is not reached
    }

    [Fact]
    public async Task EnterAsync_CanceledWhileWaiting_LeavesTheQueue()
    {
        FairQueue queue = Queue(1);
        QuerySlot slot = await queue.EnterAsync(s_a, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        Task<QuerySlot> waiting = queue.EnterAsync(s_a, cancellation.Token).AsTask();
        Task<QuerySlot> next = queue.EnterAsync(s_b, CancellationToken.None).AsTask();

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        slot.Dispose();
        (await next).Dispose();
        queue.TryEnter(s_a).ShouldNotBeNull();
    }

    [Fact]
    public async Task Dispose_Twice_GivesOneSlotBack()
    {
        FairQueue queue = Queue(1);
        QuerySlot slot = await queue.EnterAsync(s_a, CancellationToken.None);
        slot.Dispose();
        slot.Dispose();

        queue.TryEnter(s_a).ShouldNotBeNull();
        queue.TryEnter(s_a).ShouldBeNull();
    }

    /// <summary>Callers of many tenants that come, give up and go: never more at once than there are slots, and in the end all of them are free.</summary>
    [Fact]
    public async Task EnterAsync_ManyCallersAtOnce_NeverMoreThanSlots()
    {
        const int Slots = 3;
        FairQueue queue = Queue(Slots, new TenantQueryLimits { MaxConcurrency = 2, MaxQueued = 0 });
        int running = 0;
        int most = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            using var cancellation = new CancellationTokenSource();
            ValueTask<QuerySlot> entering = queue.EnterAsync(TenantId.Parse("t" + (i % 5)), cancellation.Token);
            if (i % 7 == 0)
            {
                await cancellation.CancelAsync();
            }

            try
            {
                using QuerySlot slot = await entering;
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
            }
            catch (OperationCanceledException)
            {
                // It was to be.
            }
        });

        most.ShouldBeInRange(1, Slots);
        for (int i = 0; i < Slots; i++)
        {
            queue.TryEnter(TenantId.Parse("free" + i)).ShouldNotBeNull();
        }
    }

    private static void InterlockedMax(ref int field, int value)
    {
        int seen = Volatile.Read(ref field);
        while (seen < value)
        {
            seen = Interlocked.CompareExchange(ref field, value, seen) is var before && before == seen ? value : before;
        }
    }

    private static FairQueue Queue(int slots, TenantQueryLimits? limits = null) => new(
        slots, new UniformTenantLimits(new TenantLimits { Queries = limits ?? new TenantQueryLimits() }), new QueryFrontendMetrics(new MetricsRegistry()));
}
