using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Tests.Reading;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.StoreGateway.Tests.Catalog;

/// <summary>A block that turned out damaged is left out of later views until it is tried again.</summary>
public sealed class SetAsideTests : IDisposable
{
    private readonly GatewayHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task DamagedBlock_IsLeftOutOfLaterViews_WhichTellOfIt_AndTriedAgainLater()
    {
        BlockMeta intact = await _harness.AddBlockAsync(0, (0, 2));
        BlockMeta damaged = await _harness.AddBlockAsync(1, (2, 4));
        await _harness.UpdateIndexAsync();
        await _harness.CorruptAsync(1, BlockFile.Chunks, 50);
        long version = _harness.Gateway.VersionOf(GatewayHarness.Tenant);
        var told = new List<BlockId>();
        _harness.Gateway.Damaged = block => told.Add(block.Id);

        (await Should.ThrowAsync<MissingDataException>(() => _harness.ReadAsync())).IsSetAside.ShouldBeTrue();

        (await _harness.ReadAsync()).Values.ShouldAllBe(static times => times.Count == 120);
        told.ShouldBe([damaged.Id]);
        await using (IQuerier view = await _harness.OpenAsync())
        {
            MissingData gap = view.Missing.ShouldHaveSingleItem();
            gap.Source.ShouldBe($"block {damaged.Id}");
            gap.Range.ShouldBe(new QueryRange(damaged.MinTime, damaged.MaxTime));
        }

        _harness.Gateway.IsUnchanged(GatewayHarness.Tenant, version, new QueryRange(damaged.MinTime, damaged.MaxTime)).ShouldBeFalse();
        _harness.Gateway.IsUnchanged(GatewayHarness.Tenant, version, new QueryRange(intact.MinTime, intact.MaxTime)).ShouldBeTrue();

        await _harness.CorruptAsync(1, BlockFile.Chunks, 50); // back again
        await _harness.UpdateIndexAsync();
        (await _harness.ReadAsync()).Values.ShouldAllBe(static times => times.Count == 120, "a new index alone does not mend it");
        version = _harness.Gateway.VersionOf(GatewayHarness.Tenant);
        _harness.Advance(TimeSpan.FromMinutes(5));

        (await _harness.ReadAsync()).Values.ShouldAllBe(static times => times.Count == 240);
        _harness.Gateway.IsUnchanged(GatewayHarness.Tenant, version, new QueryRange(damaged.MinTime, damaged.MaxTime)).ShouldBeFalse();
    }

    [Fact]
    public async Task DamagedBlock_WhatItWasMadeOfIsStillThere_IsReadAnewAndWhole()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        _ = await _harness.AddBlockAsync(1, (2, 4));
        _ = await _harness.AddBlockAsync(2, (0, 4), sources: [0, 1]);
        var marker = new BlockMarker(_harness.Objects, TimeProvider.System);
        foreach (int source in (int[])[0, 1])
        {
            await marker.MarkForDeletionAsync(GatewayHarness.Tenant, BlockMaker.Id(source), "joined", [BlockMaker.Id(2)], CancellationToken.None);
        }

        await _harness.UpdateIndexAsync();
        await _harness.CorruptAsync(2, BlockFile.Chunks, 50);

        (Dictionary<string, List<long>> found, IReadOnlyList<MissingData> missing) = await PartialReads.RunAsync(
            _harness.Gateway, allowPartial: false, async view =>
            {
                await using IQuerier querier = await view.OpenQuerierAsync(GatewayHarness.Tenant, QueryRange.All, CancellationToken.None);
                await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), [GatewayHarness.All], CancellationToken.None);
                return (await GatewayHarness.DrainAsync(set), querier.Missing);
            });

        found.Values.ShouldAllBe(static times => times.Count == 240);
        missing.ShouldBeEmpty();
    }

    [Fact]
    public async Task BlockThatCannotBeReadNow_IsNotSetAside()
    {
        _ = await _harness.AddBlockAsync(0, (0, 2));
        await _harness.UpdateIndexAsync();
        _harness.Bucket.BeforeRead = static (key, _) => throw new BucketException("read", key, "down", isTransient: true);

        (await Should.ThrowAsync<MissingDataException>(() => _harness.ReadAsync())).IsSetAside.ShouldBeFalse();

        _harness.Bucket.BeforeRead = null;
        (await _harness.ReadAsync()).Count.ShouldBe(10);
    }
}
