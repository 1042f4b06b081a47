using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using RemoteStore.Tsdb.Eviction;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Registry;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Tsdb.Tests.Eviction;

public class SeriesEvictorTests
{
    private static readonly LabelMatcher[] s_all = [new(MatchType.Equal, "__name__", "m")];

    [Fact]
    public async Task Run_QuietSeries_LeaveAndComeBackUnderNewRefs()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        await store.AppendAsync(0, 20, now - 100_000);
        await store.FlushAsync();
        await store.AppendAsync(15, 20, now);
        SeriesRegistry old = store.Head.Registry;

        (await store.EvictAsync(now - 1)).ShouldBe(15);

        SeriesRegistry registry = store.Head.Registry;
        registry.ShouldNotBeSameAs(old);
        old.TryRetain().ShouldBeFalse();
        store.Head.Series.Generation.ShouldBe(1);
        registry.SeriesCount.ShouldBe(5);
        registry.RefEnd.ShouldBe(20u);
        (await store.Store.ReadAsync()).Count.ShouldBe(5);
        for (uint i = 15; i < 20; i++)
        {
            SeriesState state = registry.State(new SeriesRef(i));
            (state.LastTimestamp, state.FirstTimestamp, state.HeadRow).ShouldBe((now, now - 100_000, i + 5));
        }

        await store.AppendAsync(3, 4, now - 50_000); // older than what it once had: it has no newest now
        registry.RefEnd.ShouldBe(21u);
        (await store.Store.ReadAsync())[EvictionHarness.Series(3).ToString()].ShouldBe([(now - 50_000, StoreHarness.Bits(1.0))]);
    }

    [Fact]
    public async Task Run_FloorOrWatermarkOrNumberDoesNotAllow_ChangesNothing()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        await store.AppendAsync(0, 20, now);
        SeriesRegistry old = store.Head.Registry;

        (await store.EvictAsync()).ShouldBe(0, "rows are in memory");
        await store.FlushAsync();
        (await store.EvictAsync(floorRow: -1)).ShouldBe(0, "parts from before the start");
        (await store.EvictAsync(floorRow: 0)).ShouldBe(0, "rows are in a part");
        (await store.EvictAsync(floorRow: 3)).ShouldBe(0, "three are not worth it");
        (await store.EvictAsync(floorRow: 4)).ShouldBe(0, "four are less than a quarter");
        (await store.EvictAsync(watermarkMs: now)).ShouldBe(0, "all were written after the cut");
        store.Head.Registry.ShouldBeSameAs(old);
        (await store.EvictAsync(floorRow: 5)).ShouldBe(5);
        (await store.EvictAsync()).ShouldBe(15);
    }

    [Fact]
    public async Task Floor_RowsInMemtablesAndParts_IsTheLowest()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        await store.AppendAsync(0, 7, store.Store.NowMs);
        EvictionFloor.Of(store.Head, static () => long.MaxValue).ShouldBe(0);
        await store.FlushAsync();
        EvictionFloor.Of(store.Head, static () => long.MaxValue).ShouldBe(7);
        EvictionFloor.Of(store.Head, static () => 5).ShouldBe(5);
        EvictionFloor.Of(store.Head, static () => -1).ShouldBe(-1);
    }

    [Fact]
    public async Task Run_ReaderOpen_KeepsItsSeriesAndLabels()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        await store.AppendAsync(0, 2000, now);
        await store.FlushAsync();
        SeriesRegistry old = store.Head.Registry;
        IQuerier querier = await store.Store.Store.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None);
        ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), s_all, CancellationToken.None);
        (await set.MoveNextAsync(CancellationToken.None)).ShouldBeTrue();
        LimitedList<LabelSet> listed = await querier.SelectSeriesAsync(s_all, 0, CancellationToken.None);

        (await store.EvictAsync()).ShouldBe(2000);
        await store.AppendAsync(0, 2000, now + 1, 2);

        int seen = 0;
        do
        {
            for (int i = 0; i < set.Current.Count; i++, seen++)
            {
                set.Current.Labels(i).CompareTo(listed.Items[seen]).ShouldBe(0);
                set.Current.Timestamps(i).ToArray().ShouldBe([now]);
            }
        }
        while (await set.MoveNextAsync(CancellationToken.None));
        seen.ShouldBe(2000);
        (await querier.LabelValuesAsync("i", s_all, 0, CancellationToken.None)).Items.Count.ShouldBe(2000);
        await querier.DisposeAsync();
        old.TryRetain().ShouldBeTrue();
        old.Dispose();
        await set.DisposeAsync();
        old.TryRetain().ShouldBeFalse();
    }

    [Fact]
    public async Task Run_SeriesWithExemplars_Stay()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        await store.AppendAsync(0, 20, now);
        LabelSet trace = LabelSet.From("trace_id", "abc");
        await store.Store.AppendAsync(new BatchBuilder().AddExemplar(EvictionHarness.Series(4), trace, now, 0.5));
        await store.FlushAsync();

        (await store.EvictAsync()).ShouldBe(19);

        IReadOnlyList<SeriesExemplars> found = await store.Store.Store.SelectExemplarsAsync(TenantId.Anonymous, QueryRange.All, [s_all], CancellationToken.None);
        found.ShouldHaveSingleItem().Exemplars.ShouldHaveSingleItem().Labels.ShouldBe(trace);
    }

    [Fact]
    public async Task Run_SeriesWrittenDuringTheRebuild_Stays()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        await store.AppendAsync(0, 20, now - 1000);
        await store.FlushAsync();
        var failpoints = Failpoints.With("evict.before-swap", () =>
        {
            store.AppendAsync(3, 4, now, 5).GetAwaiter().GetResult();
            store.AppendAsync(100, 110, now, 6).GetAwaiter().GetResult();
        });

        (await store.EvictAsync(now, failpoints: failpoints)).ShouldBe(19);

        store.Head.Registry.Contains(new SeriesRef(3)).ShouldBeTrue();
        SortedDictionary<string, List<(long T, string Value)>> read = await store.Store.ReadAsync();
        read.Count.ShouldBe(11);
        read[EvictionHarness.Series(3).ToString()].Count.ShouldBe(2);
        read[EvictionHarness.Series(105).ToString()].ShouldBe([(now, StoreHarness.Bits(6.0))]);
    }

    [Fact]
    public async Task Run_FlushAndNewSeriesDuringTheRebuild_StatesAreTakenOver()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        await store.AppendAsync(0, 20, now - 1000);
        await store.FlushAsync();
        await store.AppendAsync(10, 20, now - 500);
        var failpoints = Failpoints.With("evict.before-swap", () =>
        {
            store.AppendAsync(10, 20, now, 3).GetAwaiter().GetResult();
            store.FlushAsync().GetAwaiter().GetResult();
            store.AppendAsync(20, 25, now, 4).GetAwaiter().GetResult();
        });

        (await store.EvictAsync(now, failpoints: failpoints)).ShouldBe(10);

        for (uint i = 10; i < 20; i++)
        {
            store.Head.Registry.State(new SeriesRef(i)).LastTimestamp.ShouldBe(now);
        }

        AppendResult duplicate = await store.Store.AppendAsync(new BatchBuilder().Add(EvictionHarness.Series(12), (now, 99.0)));
        duplicate.Rejects.Count(AppendStatus.DuplicateTimestamp).ShouldBe(1);
        (await store.Store.ReadAsync()).Count.ShouldBe(15);
    }

    [Fact]
    public async Task Run_SamplesForgottenDuringTheRebuild_StayForgotten()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        await store.AppendAsync(0, 20, now - 1000);
        await store.FlushAsync();
        await store.AppendAsync(10, 20, now);

        (await store.EvictAsync(now, failpoints: Failpoints.With("evict.before-swap", () => store.Head.ForgetNewest()))).ShouldBe(10);

        store.Head.Registry.State(new SeriesRef(15)).LastTimestamp.ShouldBe(long.MinValue);
    }

    [Fact]
    public async Task Run_WhileWritersAndReadersAreBusy_LosesNothing()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        const int Rounds = 60;
        const int PerRound = 50;
        Task writer = Task.Run(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                await store.AppendAsync(round * PerRound, (round + 1) * PerRound, now); // churn
                await store.AppendAsync(100_000, 100_050, now + round, round); // stays
            }
        });
        Task reader = Task.Run(async () =>
        {
            while (!writer.IsCompleted)
            {
                SortedDictionary<string, List<(long T, string Value)>> read =
                    await store.Store.ReadAsync(null, null, new LabelMatcher(MatchType.Regexp, "i", "1000.."));
                foreach (List<(long T, string Value)> samples in read.Values)
                {
                    samples.Select(static s => s.T).ShouldBe(Enumerable.Range(0, samples.Count).Select(i => now + i));
                }
            }
        });
        int evicted = 0;
        while (!writer.IsCompleted)
        {
            long floor = EvictionFloor.Of(store.Head ?? await FirstHeadAsync(store), static () => long.MaxValue);
            evicted += await store.EvictAsync(now + 1, floor);
            await store.FlushAsync();
        }

        await Task.WhenAll(writer, reader);
        await store.FlushAsync();
        evicted += await store.EvictAsync(now + 1);
        evicted.ShouldBe(Rounds * PerRound);
        SortedDictionary<string, List<(long T, string Value)>> kept = await store.Store.ReadAsync();
        kept.Count.ShouldBe(50);
        kept.Values.ShouldAllBe(static s => s.Count == Rounds);
    }

    [Fact]
    public async Task Run_ManySeries_MemoryReturns()
    {
        await using EvictionHarness store = await EvictionHarness.StartAsync();
        long now = store.Store.NowMs;
        for (int i = 0; i < 40; i++)
        {
            await store.AppendAsync(i * 1000, (i + 1) * 1000, now);
        }

        await store.FlushAsync();
        long before = store.Head.Registry.AllocatedBytes;

        (await store.EvictAsync()).ShouldBe(40_000);

        before.ShouldBeGreaterThan(4 << 20);
        store.Head.Registry.AllocatedBytes.ShouldBeLessThan(128 << 10);
    }

    private static async Task<TenantHead> FirstHeadAsync(EvictionHarness store)
    {
        while (store.Head is null)
        {
            await Task.Yield();
        }

        return store.Head;
    }
}
