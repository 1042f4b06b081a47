using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.StoreGateway.Tests.Reading;

/// <summary>What is read of blocks in a bucket: which blocks, how often, how much.</summary>
public sealed class BucketReadTests : IDisposable
{
    private const long Hour = GatewayHarness.Hour;

    private readonly GatewayHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Query_Cold_TakesThreeReadsOfEachBlockAndNoOtherRequest(int blocks)
    {
        for (int i = 0; i < blocks; i++)
        {
            _ = await _harness.AddBlockAsync(i, (2 * i, (2 * i) + 2), series: 2000);
        }

        await _harness.UpdateIndexAsync();

        (await _harness.ReadAsync(matchers: GatewayHarness.Series(777))).ShouldHaveSingleItem().Value.Count.ShouldBe(blocks * 120);

        _harness.Bucket.Reads.GroupBy(static read => read.Key[..read.Key.LastIndexOf('/')])
            .ShouldAllBe(static block => block.Count() <= 3);
        _harness.Bucket.Reads.Count.ShouldBeLessThanOrEqualTo(3 * blocks);
        _harness.Bucket.Others.ShouldBe(0);
    }

    [Fact]
    public async Task Query_Warm_ReadsNothing()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2), series: 2000);
        await _harness.UpdateIndexAsync();
        _ = await _harness.ReadAsync(matchers: GatewayHarness.Series(777));
        _harness.Bucket.Forget();

        (await _harness.ReadAsync(matchers: GatewayHarness.Series(777))).ShouldHaveSingleItem();
        (await _harness.ReadAsync(matchers: GatewayHarness.Series(778))).ShouldHaveSingleItem();

        _harness.Bucket.Reads.ShouldBeEmpty();
    }

    [Fact]
    public async Task Query_AllSeriesOfABlock_JoinsPagesToFewReads()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2), series: 5000);
        await _harness.UpdateIndexAsync();

        (await _harness.ReadAsync()).Count.ShouldBe(5000);

        _harness.Bucket.Reads.Count.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public async Task Lists_Cold_TakeOneReadOfEachBlock()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        _ = await _harness.AddBlockAsync(1, (2, 4), series: 12);
        await _harness.UpdateIndexAsync();
        await using IQuerier querier = await _harness.OpenAsync();

        (await querier.LabelNamesAsync([], 0, CancellationToken.None)).Items.ShouldBe(["__name__", "i", "job"]);
        (await querier.LabelValuesAsync("i", [], 11, CancellationToken.None)).Items.Count.ShouldBe(11);
        LimitedList<Model.Labels.LabelSet> series = await querier.SelectSeriesAsync([GatewayHarness.All], 3, CancellationToken.None);

        (series.Items.Count, series.Truncated).ShouldBe((3, true));
        _harness.Bucket.Reads.Select(static read => read.Key).ShouldBe(
            [BucketLayout.File(GatewayHarness.Tenant, BlockMaker.Id(0), BlockFile.Index), BucketLayout.File(GatewayHarness.Tenant, BlockMaker.Id(1), BlockFile.Index)],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Query_BlocksThatOverlap_GivesEachSampleOnce()
    {
        _ = await _harness.AddBlockAsync(0, (0, 4));
        _ = await _harness.AddBlockAsync(1, (2, 6), series: 5);
        await _harness.UpdateIndexAsync();

        Dictionary<string, List<long>> found = await _harness.ReadAsync(new QueryRange(Hour, (5 * Hour) - 1));

        found.Count.ShouldBe(10);
        found["00003"].ShouldBe(Enumerable.Range(60, 240).Select(static minute => minute * 60_000L));
        found["00007"].ShouldBe(Enumerable.Range(60, 180).Select(static minute => minute * 60_000L));
    }

    [Fact]
    public async Task Query_BlocksBesideWhatTheyBecame_ReadsTheNewOneOnly()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        _ = await _harness.AddBlockAsync(1, (2, 4));
        _ = await _harness.AddBlockAsync(2, (0, 4), sources: [0, 1]);
        await _harness.UpdateIndexAsync();

        (await _harness.ReadAsync()).Count.ShouldBe(10);

        Blocks().ShouldBe([2]);
    }

    [Fact]
    public async Task Query_BlocksThatTheLocalStoreHolds_AreNotRead()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        _ = await _harness.AddBlockAsync(1, (2, 4));
        _ = await _harness.AddBlockAsync(3, (4, 8), sources: [4, 5]);
        await _harness.UpdateIndexAsync();
        LocalHoldings Held(params int[] blocks) => new(new HashSet<BlockId>(blocks.Select(BlockMaker.Id)), []);

        _ = await _harness.ReadAsync(held: Held(1, 4));

        Blocks().ShouldBe([0, 3]);
        _harness.Gateway.MayAdd(GatewayHarness.Tenant, QueryRange.All, Held(0, 1, 4)).ShouldBeTrue();
        _harness.Gateway.MayAdd(GatewayHarness.Tenant, QueryRange.All, Held(0, 1, 4, 5)).ShouldBeFalse();
        _harness.Gateway.MayAdd(GatewayHarness.Tenant, new QueryRange(2 * Hour, 3 * Hour), Held(1)).ShouldBeFalse();
    }

    [Fact]
    public async Task Query_ReadsMoreThanItMay_NamesTheOption()
    {
        using var harness = new GatewayHarness(new StoreGatewayOptions { MaxQueryBytes = 2_000 });
        _ = await harness.AddBlockAsync(0, (0, 2), series: 2000);
        await harness.UpdateIndexAsync();

        ReadLimitException e = await Should.ThrowAsync<ReadLimitException>(() => harness.ReadAsync());

        e.Message.ShouldBe("query reads more from object storage than its limit of 2000 bytes (store-gateway.max-query-bytes)");
    }

    [Fact]
    public async Task Query_ManyBlocks_ReadsSideBySideUpToTheLimit()
    {
        using var harness = new GatewayHarness(new StoreGatewayOptions { QueryConcurrency = 3 });
        for (int i = 0; i < 9; i++)
        {
            _ = await harness.AddBlockAsync(i, (2 * i, (2 * i) + 2));
        }

        await harness.UpdateIndexAsync();
        int most = 0;
        int now = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        harness.Bucket.BeforeRead = async (_, token) =>
        {
            int running = Interlocked.Increment(ref now);
            most = Math.Max(most, running);
            if (running == 3)
            {
                all.TrySetResult();
            }

            await all.Task.WaitAsync(token); // none goes on before three wait
            Interlocked.Decrement(ref now);
        };

        (await harness.ReadAsync()).Count.ShouldBe(10);

        most.ShouldBe(3);
    }

    [Fact]
    public async Task Open_TenantsThatHaveNothing_AreNotRemembered()
    {
        for (int i = 0; i < 20; i++)
        {
            await using IQuerier querier = await _harness.Gateway.OpenQuerierAsync(TenantId.Parse($"made-up-{i}"), QueryRange.All, CancellationToken.None);
            (await querier.LabelNamesAsync([], 0, CancellationToken.None)).Items.ShouldBeEmpty();
        }

        _harness.Gateway.TenantCount.ShouldBe(0);
        _ = await _harness.AddBlockAsync(0, (0, 2));
        await _harness.UpdateIndexAsync();
        _ = await _harness.ReadAsync();
        _harness.Gateway.TenantCount.ShouldBe(1);
    }

    [Fact]
    public async Task Metrics_AfterQueries_TellReadsAndMemory()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        await _harness.UpdateIndexAsync();
        _ = await _harness.ReadAsync();

        string metrics = await _harness.MetricsAsync();

        metrics.ShouldContain("remotestore_store_gateway_reads_total 3");
        metrics.ShouldContain($"remotestore_store_gateway_read_bytes_total {_harness.Bucket.Reads.Sum(static read => read.Length)}");
        metrics.ShouldContain("remotestore_store_gateway_selected_blocks_total{tier=\"raw\"} 1");
        metrics.ShouldContain("remotestore_store_gateway_blocks 1");
        metrics.ShouldContain($"remotestore_store_gateway_cache_bytes {_harness.Gateway.CacheBytes}");
    }

    private IEnumerable<int> Blocks() =>
        _harness.Bucket.Reads.Select(static read => read.Key.Split('/')[1]).Distinct()
            .Select(static id => Enumerable.Range(0, 20).First(number => BlockMaker.Id(number).ToString() == id)).Order();
}
