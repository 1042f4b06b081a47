using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.StoreGateway.Tests.Reading;

/// <summary>What becomes of queries when blocks are damaged, go away, or cannot be read.</summary>
public sealed class BucketFaultTests : IDisposable
{
    private readonly GatewayHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(BlockFile.Index, false)]
    [InlineData(BlockFile.Index, true)]
    [InlineData(BlockFile.Chunks, false)]
    public async Task Query_DamagedBlock_IsAGapWithBlockFileAndOffset(BlockFile file, bool atEnd)
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        BlockMeta damaged = await _harness.AddBlockAsync(1, (2, 4));
        await _harness.UpdateIndexAsync();
        await _harness.CorruptAsync(1, file, atEnd ? ^10 : 10);

        MissingDataException e = await Should.ThrowAsync<MissingDataException>(() => _harness.ReadAsync());

        MissingData gap = e.Missing.ShouldHaveSingleItem();
        gap.Source.ShouldBe($"block {damaged.Id}");
        gap.Range.ShouldBe(new QueryRange(damaged.MinTime, damaged.MaxTime));
        gap.Reason.ShouldContain(BucketLayout.File(GatewayHarness.Tenant, damaged.Id, file));
        gap.Reason.ShouldContain("offset");
        (await _harness.MetricsAsync()).ShouldContain("remotestore_store_gateway_block_failures_total{reason=\"corrupt\"}");
    }

    [Fact]
    public async Task Query_DamagedBlockAndPartialIsAllowed_HasTheOthersAndSaysSo()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        _ = await _harness.AddBlockAsync(1, (2, 4));
        await _harness.UpdateIndexAsync();
        await _harness.CorruptAsync(1, BlockFile.Chunks, 50);

        (Dictionary<string, List<long>> found, IReadOnlyList<MissingData> missing) = await PartialReads.RunAsync(
            _harness.Gateway, allowPartial: true, async view =>
            {
                await using IQuerier querier = await view.OpenQuerierAsync(GatewayHarness.Tenant, QueryRange.All, CancellationToken.None);
                await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], CancellationToken.None);
                return (await GatewayHarness.DrainAsync(set), querier.Missing);
            });

        found.Count.ShouldBe(10);
        found.Values.ShouldAllBe(static times => times.Count == 120);
        missing.ShouldHaveSingleItem().Source.ShouldBe($"block {BlockMaker.Id(1)}");
    }

    [Theory]
    [InlineData(0)] // before the first series
    [InlineData(2)] // behind some
    public async Task Query_BlockIsReplacedWhileItIsRead_GoesOnWithWhatTookItsPlace(int batchesBefore)
    {
        using var harness = new GatewayHarness(new StoreGatewayOptions
        {
            CacheBytes = 0,
            ReadSizes = BlockReadSizes.Remote with { MaxRunBytes = 1 << 10 }, // so that pages are asked for one after another
        });
        _ = await harness.AddBlockAsync(0, (0, 20), series: 3000);
        _ = await harness.AddBlockAsync(1, (20, 22), series: 3000);
        await harness.UpdateIndexAsync();
        await using IQuerier querier = await harness.OpenAsync();
        var found = new Dictionary<string, List<long>>();
        if (batchesBefore == 0)
        {
            await ReplaceAsync(harness);
        }

        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], CancellationToken.None);
        for (int batch = 0; await set.MoveNextAsync(CancellationToken.None); batch++)
        {
            GatewayHarness.Take(set.Current, found); // refuses a series that comes twice
            if (batch + 1 == batchesBefore)
            {
                await ReplaceAsync(harness);
            }
        }

        found.Count.ShouldBe(3000);
        found.Values.ShouldAllBe(static times => times.Count == 22 * 60);
        (await harness.MetricsAsync()).ShouldContain("remotestore_store_gateway_index_reloads_total 1");
    }

    [Fact]
    public async Task Query_IndexDropsItsBlockMeanwhile_GoesOnAndLeavesNothingInMemory()
    {
        BlockMeta dropped = await _harness.AddBlockAsync(0, (0, 2));
        await _harness.UpdateIndexAsync();
        await using (IQuerier querier = await _harness.OpenAsync())
        {
            await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], CancellationToken.None);
            var mark = new DeletionMark { Tenant = GatewayHarness.Tenant, Block = dropped.Id, MarkedAtMs = 1, Reason = "past its retention" };
            await _harness.Objects.WriteAsync(
                BucketLayout.DeletionMark(GatewayHarness.Tenant, dropped.Id), new MemoryContent(MarkText.Format(mark)), WriteMode.Replace, CancellationToken.None);
            await _harness.UpdateIndexAsync();

            (await _harness.ReadAsync()).ShouldBeEmpty();
            (await GatewayHarness.DrainAsync(set)).Count.ShouldBe(10);
            _harness.Gateway.CacheBytes.ShouldBeGreaterThan(0);
        }

        _harness.Gateway.CacheBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Query_BlockIsGoneAndNothingTookItsPlace_IsAGap()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        await _harness.UpdateIndexAsync();
        await _harness.RemoveBlockAsync(0); // the index in the bucket lists it still

        MissingDataException e = await Should.ThrowAsync<MissingDataException>(() => _harness.ReadAsync());

        e.Missing.ShouldHaveSingleItem().Source.ShouldBe($"block {BlockMaker.Id(0)}");
    }

    [Fact]
    public async Task Query_BlockExpiredMeanwhile_GoesOnWithoutIt()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        _ = await _harness.AddBlockAsync(1, (2, 4));
        await _harness.UpdateIndexAsync();
        await _harness.RemoveBlockAsync(0);
        await _harness.UpdateIndexAsync(tell: false);

        (await _harness.ReadAsync()).Values.ShouldAllBe(static times => times.Count == 120);
    }

    [Fact]
    public async Task Query_StorageFails_IsAGapOfTheBlock()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        await _harness.UpdateIndexAsync();
        _harness.Bucket.BeforeRead = static (key, _) => throw new BucketException("read", key, "injected", isTransient: true);

        MissingDataException e = await Should.ThrowAsync<MissingDataException>(() => _harness.ReadAsync());

        e.Missing.ShouldHaveSingleItem().Reason.ShouldContain("injected");
        (await _harness.MetricsAsync()).ShouldContain("remotestore_store_gateway_block_failures_total{reason=\"storage\"} 1");
    }

    [Fact]
    public async Task Query_GivenUpWhileStorageHangs_Ends()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        _ = await _harness.AddBlockAsync(1, (2, 4));
        await _harness.UpdateIndexAsync();
        var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _harness.Bucket.BeforeRead = async (_, token) =>
        {
            hangs.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        };
        using var given = new CancellationTokenSource();
        await using IQuerier querier = await _harness.OpenAsync();
        Task<ISeriesSet> select = querier.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], given.Token).AsTask();
        await hangs.Task;

        await given.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => select);
    }

    [Fact]
    public async Task Query_SetIsDisposedWhileAReadHangs_Ends()
    {
        using var harness = new GatewayHarness(new StoreGatewayOptions { CacheBytes = 0 });
        _ = await harness.AddBlockAsync(0, (0, 20), series: 3000);
        await harness.UpdateIndexAsync();
        await using IQuerier querier = await harness.OpenAsync();
        ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], CancellationToken.None);
        harness.Bucket.BeforeRead = static async (key, token) =>
            await Task.Delay(key.EndsWith("chunks", StringComparison.Ordinal) ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, TimeProvider.System, token);

        Task<bool> next = set.MoveNextAsync(new CancellationToken(canceled: true)).AsTask();
        await Should.ThrowAsync<OperationCanceledException>(() => next);
        await set.DisposeAsync();
    }

    [Fact]
    public async Task Missing_BlockThatWasSetAside_IsToldUntilAnotherHasItsSamples()
    {
        BlockMeta broken = await _harness.AddBlockAsync(0, (0, 2));
        _ = await _harness.AddBlockAsync(1, (2, 4));
        var mark = new BrokenMark { Tenant = GatewayHarness.Tenant, Block = broken.Id, FoundAtMs = 1, Reason = "chunks at 9", Range = new(broken.MinTime, broken.MaxTime) };
        await _harness.Objects.WriteAsync(
            BucketLayout.BrokenMark(GatewayHarness.Tenant, broken.Id), new MemoryContent(MarkText.Format(mark)), WriteMode.Replace, CancellationToken.None);
        await _harness.UpdateIndexAsync();

        await using (IQuerier querier = await _harness.OpenAsync())
        {
            querier.Missing.ShouldHaveSingleItem().ToString().ShouldContain("it was damaged and is set aside: chunks at 9");
        }

        (await _harness.ReadAsync()).Values.ShouldAllBe(static times => times.Count == 120);
        _ = await _harness.AddBlockAsync(2, (0, 4), sources: [0, 1]);
        await _harness.UpdateIndexAsync();
        await using IQuerier later = await _harness.OpenAsync();
        later.Missing.ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_ListOfBlocksCannotBeLoaded_AnswersForWhatTheLocalStoreHoldsAndSaysSo()
    {
        using var harness = new GatewayHarness(new StoreGatewayOptions { LocalPeriod = TimeSpan.FromHours(24) });
        harness.Indexes.Failure = new BucketException("read", "the list", "the store is away", isTransient: true);
        long now = harness.Now.ToUnixTimeMilliseconds();

        await using IQuerier recent = await harness.OpenAsync(new QueryRange(now - GatewayHarness.Hour, now));

        recent.Missing.ShouldHaveSingleItem().ToString().ShouldContain("the store is away");
        await using ISeriesSet set = await recent.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], CancellationToken.None);
        (await set.MoveNextAsync(CancellationToken.None)).ShouldBeFalse();
        await Should.ThrowAsync<BucketException>(() => harness.OpenAsync(new QueryRange(now - (25 * GatewayHarness.Hour), now)));
    }

    private static async Task ReplaceAsync(GatewayHarness harness)
    {
        _ = await harness.AddBlockAsync(2, (0, 22), series: 3000, sources: [0, 1]);
        await harness.RemoveBlockAsync(0);
        await harness.RemoveBlockAsync(1);
        await harness.UpdateIndexAsync(tell: false);
    }
}
