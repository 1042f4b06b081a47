using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Tsdb.Tests.LocalBlocks;

public sealed class BlockHandoverTests
{
    private static readonly TenantId s_tenant = TenantId.Anonymous;
    private static readonly LabelSet s_series = LabelSet.From("__name__", "up");
    private static readonly long s_hour = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    [Fact]
    public async Task View_TellsWhatIsUnsettled()
    {
        await using StoreHarness store = await StartAsync();
        long now = store.NowMs;
        await AppendAsync(store, now - (3 * s_hour), now - (3 * s_hour) + 5);
        (await HoldingsAsync(store, QueryRange.All)).Unsettled.ShouldBe([new(now - (3 * s_hour), now - (3 * s_hour) + 5)], "a memtable");
        await store.Store.FlushAsync(merge: false, CancellationToken.None);
        await AppendAsync(store, now);
        (await HoldingsAsync(store, QueryRange.All)).Unsettled
            .ShouldBe([new(now - (3 * s_hour), now - (3 * s_hour) + 5), new(now, now)], "a part and a memtable");

        LocalBlock block = await CutAsync(store);
        block.IsSettled.ShouldBeFalse();
        (await HoldingsAsync(store, QueryRange.All)).Unsettled.Count.ShouldBe(2, "the block is not listed");
        store.Store.LocalBlocks.MarkSettled(s_tenant, new HashSet<BlockId> { block.Meta.Id });
        LocalHoldings holdings = await HoldingsAsync(store, QueryRange.All);
        holdings.Unsettled.ShouldBe([new(now, now)]);
        holdings.Blocks.ShouldBe([block.Meta.Id]);
        holdings.IsUnsettled(new QueryRange(0, now - 1)).ShouldBeFalse();
        holdings.IsUnsettled(new QueryRange(0, now)).ShouldBeTrue();
    }

    [Fact]
    public async Task View_OfTimesWithoutTheBlock_HoldsItToo()
    {
        await using StoreHarness store = await StartAsync();
        await AppendAsync(store, store.NowMs - (3 * s_hour), store.NowMs);
        LocalBlock block = await CutAsync(store);
        LocalHoldings holdings = await HoldingsAsync(store, new QueryRange(store.NowMs, store.NowMs));
        holdings.Blocks.ShouldBe([block.Meta.Id]);
        holdings.Unsettled.ShouldBe([new(store.NowMs, store.NowMs)]);
    }

    [Fact]
    public async Task Remove_OnlySettledBlocks_AndOpenViewsKeepThem()
    {
        await using StoreHarness store = await StartAsync();
        int told = 0;
        store.Store.LocalBlocks.BlockCut = () => told++;
        await AppendAsync(store, store.NowMs - (3 * s_hour), store.NowMs - (3 * s_hour) + 7);
        LocalBlock block = await CutAsync(store);
        told.ShouldBe(1);
        var ids = new HashSet<BlockId> { block.Meta.Id };
        store.Store.LocalBlocks.Remove(s_tenant, ids, new HashSet<BlockId>()).ShouldBe(0, "nobody else has it");
        await using (IQuerier open = await store.Store.OpenQuerierAsync(s_tenant, QueryRange.All, CancellationToken.None))
        {
            store.Store.LocalBlocks.MarkSettled(s_tenant, ids);
            store.Store.LocalBlocks.Remove(s_tenant, ids, new HashSet<BlockId>()).ShouldBe(1);
            store.Store.LocalBlocks.Remove(s_tenant, ids, new HashSet<BlockId>()).ShouldBe(0);
            (await CountAsync(open)).ShouldBe(2);
            Directory.Exists(block.Directory).ShouldBeTrue();
            open.ShouldBeAssignableTo<ILocalView>().ShouldNotBeNull().Holdings.Blocks.ShouldBe([block.Meta.Id]);
        }

        Directory.Exists(block.Directory).ShouldBeFalse();
        (await store.ReadAsync()).ShouldBeEmpty();
        (await HoldingsAsync(store, QueryRange.All)).Blocks.ShouldBeEmpty();
        await store.RestartAsync();
        store.Store.LocalBlocks.GetLocalBlocks().ShouldBeEmpty();
    }

    [Fact]
    public async Task SettledBlock_Damaged_IsLeftToTheBucket_AndTheAnswerThatMetItSaysSo()
    {
        await using StoreHarness store = await StartAsync();
        await AppendAsync(store, store.NowMs - (3 * s_hour), store.NowMs - (3 * s_hour) + 7);
        LocalBlock block = await CutAsync(store);
        store.Store.LocalBlocks.MarkSettled(s_tenant, new HashSet<BlockId> { block.Meta.Id });
        DamagePages(Path.Combine(block.Directory, "chunks"));
        WriteVersion version = store.Store.Watch(s_tenant, store.NowMs);
        await using (IQuerier open = await store.Store.OpenQuerierAsync(s_tenant, QueryRange.All, CancellationToken.None))
        {
            (await CountAsync(open)).ShouldBe(0);
            MissingData missing = open.Missing.ShouldHaveSingleItem();
            missing.Source.ShouldBe($"block {block.Meta.Id}");
            missing.Range.ShouldBe(new QueryRange(block.Meta.MinTime, block.Meta.MaxTime));
        }

        (await HoldingsAsync(store, QueryRange.All)).Blocks.ShouldBeEmpty();
        (await store.MissingAsync(QueryRange.All)).ShouldBeEmpty("the bucket has it");
        store.Store.IsUnchanged(s_tenant, version, new QueryRange(block.Meta.MinTime, block.Meta.MaxTime)).ShouldBeFalse("the next answer is another");
        Directory.Exists(block.Directory).ShouldBeFalse();
    }

    [Fact]
    public void Join_MergesNeighboursAndCuts()
    {
        LocalHoldings.Join([new(5, 9), new(0, 2), new(3, 3), new(20, 30), new(8, 12), new(7, 1)], new QueryRange(1, 25))
            .ShouldBe([new(1, 3), new(5, 12), new(20, 25)]);
        LocalHoldings.Join([new(0, long.MaxValue), new(5, long.MaxValue)], QueryRange.All).ShouldBe([new(0, long.MaxValue)]);
    }

    private static Task<StoreHarness> StartAsync() =>
        StoreHarness.StartAsync(static options => options with { BlockRange = TimeSpan.FromHours(1), OutOfOrderWindow = TimeSpan.FromHours(6) });

    private static async Task AppendAsync(StoreHarness store, params long[] times)
    {
        foreach (long time in times)
        {
            (await store.AppendAsync(new BatchBuilder().Add(s_series, (time, 1)))).Rejects.Total.ShouldBe(0);
        }
    }

    private static async Task<LocalBlock> CutAsync(StoreHarness store)
    {
        _ = await store.Store.CutAsync(allEnded: true, CancellationToken.None);
        _ = await store.Store.CutAsync(allEnded: true, CancellationToken.None); // lets the parts go that the first one made a block of
        return store.Store.LocalBlocks.GetLocalBlocks().ShouldHaveSingleItem();
    }

    private static async Task<LocalHoldings> HoldingsAsync(StoreHarness store, QueryRange range)
    {
        await using IQuerier querier = await store.Store.OpenQuerierAsync(s_tenant, range, CancellationToken.None);
        return querier.ShouldBeAssignableTo<ILocalView>().ShouldNotBeNull().Holdings;
    }

    private static async Task<int> CountAsync(IQuerier querier)
    {
        int count = 0;
        await using ISeriesSet set = await querier.SelectAsync(
            true, new SelectHints(QueryRange.All), [new LabelMatcher(MatchType.NotEqual, "__name__", "")], CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            for (int i = 0; i < set.Current.Count; i++)
            {
                count += set.Current.Timestamps(i).Length;
            }
        }

        return count;
    }

    private static void DamagePages(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes.AsSpan(0, bytes.Length / 2).Fill(0x5a);
        File.WriteAllBytes(path, bytes);
    }
}
