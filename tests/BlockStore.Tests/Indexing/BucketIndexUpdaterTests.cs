using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Telemetry;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Indexing;

/// <summary>Updates of a tenant with so many blocks that not all are listed each time.</summary>
public sealed class BucketIndexUpdaterTests : IDisposable
{
    private const long HourMs = 3_600_000;
    private const int Old = 1200;

    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
    private readonly MemoryBucket _bucket;
    private readonly BucketIndexView _view;
    private readonly BucketIndexUpdater _updater;
    private readonly BlockMarker _marker;
    private readonly Random _random = new(1);

    public BucketIndexUpdaterTests()
    {
        _bucket = new MemoryBucket(_time);
        var metrics = new BlockStoreMetrics(new MetricsRegistry());
        var store = new BucketIndexStore(_bucket, _time);
        _view = new BucketIndexView(store, metrics, NullLogger.Instance);
        _updater = new BucketIndexUpdater(store, _view, metrics, NullLogger.Instance, _time);
        _marker = new BlockMarker(_bucket, _time);
    }

    public void Dispose() => _updater.Dispose();

    [Fact]
    public async Task Update_BlocksComeAndGo_IndexIsThatOfAListingOfEverything()
    {
        List<BlockId> blocks = await FillAsync();
        for (int step = 0; step < 60; step++)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            BlockId some = blocks[_random.Next(blocks.Count)];
            switch (_random.Next(6))
            {
                case 0:
                    blocks.Add(await AddAsync(_time.GetUtcNow().ToUnixTimeMilliseconds() - _random.Next((int)HourMs)));
                    break;
                case 1: // cut long ago, uploaded when the bucket answered again
                    blocks.Add(await AddAsync(_time.GetUtcNow().ToUnixTimeMilliseconds() - _random.NextInt64(1000 * HourMs)));
                    _updater.Expect(BlockMaker.Tenant, blocks[^1]);
                    break;
                case 2:
                    await _marker.MarkForDeletionAsync(BlockMaker.Tenant, some, "a test", [], s_none);
                    break;
                case 3:
                    await _marker.UnmarkForDeletionAsync(BlockMaker.Tenant, some, s_none);
                    break;
                case 4:
                    await _marker.MarkBrokenAsync(BlockMaker.Tenant, some, "a test", null, s_none);
                    break;
                default:
                    if (_view.Peek(BlockMaker.Tenant)!.DeletionMarks.Keys.FirstOrDefault() is { High: > 0 } marked)
                    {
                        await RemoveAsync(marked, _random.Next(5)); // perhaps not to its end
                        blocks.Remove(marked);
                    }

                    break;
            }

            BucketIndex index = (await _updater.UpdateAsync(BlockMaker.Tenant, s_none)).Index;

            BucketIndex whole = await ListAsync();
            Text(index).ShouldBe(Text(whole), $"step {step}");
        }
    }

    [Fact]
    public async Task Update_BlockVanishesWithoutAMark_IsNoticedInTurn()
    {
        List<BlockId> blocks = await FillAsync();
        await RemoveAsync(blocks[3], 4);
        int updates = 0;
        while (_view.Peek(BlockMaker.Tenant)!.Find(blocks[3]) is not null)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
            (++updates).ShouldBeLessThan(20, "the blocks are of a hundred days, in stretches of twelve");
        }
    }

    [Fact]
    public async Task Update_UploadIsBrokenOff_IsReportedAsPartial()
    {
        _ = await FillAsync();
        var id = new BlockId((ulong)_time.GetUtcNow().ToUnixTimeMilliseconds() << 16, 77);
        await _bucket.WriteAsync(BucketLayout.File(BlockMaker.Tenant, id, BlockFile.Chunks), new MemoryContent(new byte[3]), WriteMode.Replace, s_none);
        _time.Advance(TimeSpan.FromMinutes(10));

        (await _updater.UpdateAsync(BlockMaker.Tenant, s_none)).Partial.ShouldHaveSingleItem().Block.ShouldBe(id);
    }

    [Fact]
    public async Task Update_TellsReadersThatSomethingChanged()
    {
        int told = 0;
        _view.Changed = () => told++;
        _ = await AddAsync(_time.GetUtcNow().ToUnixTimeMilliseconds());

        _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);

        told.ShouldBe(1);
    }

    private static string Text(BucketIndex index) => System.Text.Encoding.UTF8.GetString(BucketIndexText.Format(index));

    /// <summary>A hundred days of blocks, and the first update.</summary>
    private async Task<List<BlockId>> FillAsync()
    {
        var blocks = new List<BlockId>();
        for (int number = 0; number < Old; number++)
        {
            blocks.Add(await AddAsync(_time.GetUtcNow().ToUnixTimeMilliseconds() - ((Old - number) * 2 * HourMs)));
        }

        _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
        return blocks;
    }

    private async Task<BlockId> AddAsync(long createdMs)
    {
        var id = new BlockId(((ulong)createdMs << 16) | (uint)_random.Next(1 << 16), (ulong)_random.NextInt64());
        await _bucket.WriteAsync(BucketLayout.File(BlockMaker.Tenant, id, BlockFile.Chunks), new MemoryContent(new byte[20]), WriteMode.Replace, s_none);
        await _bucket.WriteAsync(BucketLayout.File(BlockMaker.Tenant, id, BlockFile.Index), new MemoryContent(new byte[10]), WriteMode.Replace, s_none);
        await _bucket.WriteAsync(
            BucketLayout.File(BlockMaker.Tenant, id, BlockFile.Meta), new MemoryContent(BlockMetaText.Format(BlockMaker.Meta(1) with { Id = id })), WriteMode.Replace, s_none);
        return id;
    }

    /// <summary>Removes the first objects of a block and its mark, as the compactor does.</summary>
    private async Task RemoveAsync(BlockId id, int objects)
    {
        string[] keys =
        [
            BucketLayout.File(BlockMaker.Tenant, id, BlockFile.Meta), BucketLayout.File(BlockMaker.Tenant, id, BlockFile.Index),
            BucketLayout.File(BlockMaker.Tenant, id, BlockFile.Chunks), BucketLayout.BrokenMark(BlockMaker.Tenant, id), BucketLayout.DeletionMark(BlockMaker.Tenant, id),
        ];
        foreach (string key in keys.Take(objects + 1))
        {
            await _bucket.DeleteAsync(key, s_none);
        }
    }

    /// <summary>What a listing of everything gives, without an effect on the bucket.</summary>
    private async Task<BucketIndex> ListAsync()
    {
        var copy = new FaultyBucket(_bucket, static (operation, _) => operation == "write" ? Fault.Before : Fault.None);
        var listing = new TenantListing(BlockMaker.Tenant, _view.Peek(BlockMaker.Tenant)!.UpdatedAtMs);
        await foreach (ObjectAttributes found in copy.ListAsync(BucketLayout.TenantPrefix(BlockMaker.Tenant), s_none))
        {
            listing.Add(found);
        }

        var reading = new TenantReading(copy, BlockMaker.Tenant, null, listing);
        foreach ((BucketKeyKind kind, BlockId block) in reading.Unread)
        {
            await reading.ReadAsync((kind, block), s_none);
        }

        return reading.ToUpdate().Index;
    }
}
