using Microsoft.Extensions.Time.Testing;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Telemetry;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Indexing;

public sealed class BucketIndexViewTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly MemoryBucket _memory = new(new FakeTimeProvider());
    private readonly FaultyBucket _bucket;
    private readonly RecordingLogger _logger = new();
    private readonly BucketIndexView _view;
    private Fault _fault = Fault.None;

    public BucketIndexViewTests()
    {
        _bucket = new FaultyBucket(_memory, _ => _fault);
        _view = new BucketIndexView(new BucketIndexStore(_bucket, new FakeTimeProvider()), new BlockStoreMetrics(new MetricsRegistry()), _logger);
    }

    [Fact]
    public async Task Get_OfManyAtOnce_LoadsOnce()
    {
        await PutAsync(Index(5, 1));
        BucketIndex[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _view.GetAsync(BlockMaker.Tenant, s_none).AsTask()));
        all.ShouldAllBe(static index => index.UpdatedAtMs == 5);
        int loads = _bucket.Operations;
        _ = await _view.GetAsync(BlockMaker.Tenant, s_none);
        _bucket.Operations.ShouldBe(loads, "it is known");
    }

    [Fact]
    public async Task Get_BucketFails_ThrowsAndTheNextCallTriesAgain()
    {
        await PutAsync(Index(5, 1));
        _fault = Fault.Before;
        _ = await Should.ThrowAsync<BucketException>(async () => await _view.GetAsync(BlockMaker.Tenant, s_none));
        _fault = Fault.None;
        (await _view.GetAsync(BlockMaker.Tenant, s_none)).Blocks.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Refresh_TakesNewerIndexes_AndKeepsTheOldWhenTheBucketFails()
    {
        await PutAsync(Index(5, 1));
        _ = await _view.GetAsync(BlockMaker.Tenant, s_none);
        await PutAsync(Index(6, 1, 2));
        _fault = Fault.Before;
        await _view.RefreshAsync(s_none);
        await _view.RefreshAsync(s_none);
        _view.Peek(BlockMaker.Tenant).ShouldNotBeNull().UpdatedAtMs.ShouldBe(5);
        _logger.Count(2205).ShouldBe(1);
        _fault = Fault.None;
        await _view.RefreshAsync(s_none);
        _view.Peek(BlockMaker.Tenant).ShouldNotBeNull().Blocks.Count.ShouldBe(2);
        _logger.Count(2206).ShouldBe(1);
    }

    [Fact]
    public async Task Offer_AndRefresh_NeverGoBack()
    {
        _view.Offer(Index(7, 1, 2));
        _view.Offer(Index(6, 1));
        _view.Peek(BlockMaker.Tenant).ShouldNotBeNull().UpdatedAtMs.ShouldBe(7);
        await PutAsync(Index(5, 1));
        await _view.RefreshAsync(s_none);
        _view.Peek(BlockMaker.Tenant).ShouldNotBeNull().Blocks.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Refresh_DamagedIndex_KeepsTheSoundOne()
    {
        await PutAsync(Index(5, 1));
        _ = await _view.GetAsync(BlockMaker.Tenant, s_none);
        await _memory.WriteAsync(BucketLayout.BucketIndex(BlockMaker.Tenant), new MemoryContent(new byte[40]), WriteMode.Replace, s_none);
        await _view.RefreshAsync(s_none);
        (await _view.GetAsync(BlockMaker.Tenant, s_none)).Blocks.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Get_DamagedIndex_Throws()
    {
        await _memory.WriteAsync(BucketLayout.BucketIndex(BlockMaker.Tenant), new MemoryContent(new byte[40]), WriteMode.Replace, s_none);
        _ = await Should.ThrowAsync<CorruptDataException>(async () => await _view.GetAsync(BlockMaker.Tenant, s_none));
    }

    [Fact]
    public async Task UnknownTenant_IsEmpty_AndForgottenWithTheNextRefresh()
    {
        TenantId unknown = TenantId.Parse("made-up");
        (await _view.GetAsync(unknown, s_none)).Blocks.ShouldBeEmpty();
        int loads = _bucket.Operations;
        _ = await _view.GetAsync(unknown, s_none);
        _bucket.Operations.ShouldBe(loads);
        _view.Known.ShouldBeEmpty();
        await _view.RefreshAsync(s_none);
        _view.Peek(unknown).ShouldBeNull();
    }

    private static BucketIndex Index(long updatedAtMs, params int[] blocks) => new(
        BlockMaker.Tenant, updatedAtMs, blocks.Select(static number => new BlockRecord(BlockMaker.Meta(number), number)), [], [], [], isTenantDeleted: false);

    private ValueTask PutAsync(BucketIndex index) =>
        _memory.WriteAsync(BucketLayout.BucketIndex(index.Tenant), new MemoryContent(BucketIndexText.Format(index)), WriteMode.Replace, s_none);
}
