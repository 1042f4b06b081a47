using System.Text;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Reading;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Telemetry;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Uploading;

/// <summary>Blocks on their way from the local disk to the bucket: nothing is removed that the bucket's readers do not have.</summary>
public sealed class BlockUploadsTests : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly TimeSpan s_hot = TimeSpan.FromHours(24);

    private readonly string _root = Directory.CreateTempSubdirectory("blocks-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(0));
    private readonly MemoryBucket _memory;
    private readonly FaultyBucket _bucket;
    private readonly RecordingLogger _logger = new();
    private readonly MetricsRegistry _registry = new();
    private Func<string, string, Fault> _fault = static (_, _) => Fault.None;
    private LocalBlockFake _local = null!;
    private BucketIndexView _view = null!;
    private BucketIndexUpdater _updater = null!;
    private BlockUploads _uploads = null!;

    public BlockUploadsTests()
    {
        _memory = new MemoryBucket(_time);
        _bucket = new FaultyBucket(_memory, (operation, key) => _fault(operation, key));
        _time.Advance(TimeSpan.FromHours(10));
        Start();
    }

    public void Dispose()
    {
        _updater.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Round_UploadsWhatIsNew_AndKeepsItWhileHot()
    {
        _ = BlockMaker.Write(_root, 1);
        _ = BlockMaker.Write(_root, 2);
        (await _uploads.RunAsync(s_none)).ShouldBeTrue();
        _uploads.Queue.ShouldBe(UploadQueue.Empty);
        await CheckAsync(1, 2);
        _local.GetLocalBlocks().ShouldAllBe(static block => !block.IsSettled, "no index lists them yet");
        _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
        (await _uploads.RunAsync(s_none)).ShouldBeTrue();
        _local.GetLocalBlocks().Count(static block => block.IsSettled).ShouldBe(2);
    }

    [Fact]
    public async Task Round_RemovesOnlyWhatIsListedAndCold()
    {
        _ = BlockMaker.Write(_root, 1); // up to 04:00
        _ = BlockMaker.Write(_root, 4); // up to 10:00
        _time.Advance(TimeSpan.FromHours(20)); // 06:00 of the next day: the first is cold
        _ = await _uploads.RunAsync(s_none);
        _local.GetLocalBlocks().Count.ShouldBe(2, "nothing is listed yet");
        _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
        _ = await _uploads.RunAsync(s_none);
        _local.GetLocalBlocks().ShouldHaveSingleItem().Meta.Id.ShouldBe(BlockMaker.Id(4));
        (await MetricsAsync()).ShouldContain("remotestore_block_store_handed_over_blocks_total 1");
        await CheckAsync(1, 4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Round_RemovesABlockThatTheBucketHasAgreedToForget_AndSaysSo(bool isRetired)
    {
        string directory = BlockMaker.Write(_root, 1);
        _ = BlockMaker.Write(_root, 2);
        _ = await _uploads.RunAsync(s_none);
        if (isRetired)
        {
            await new BlockMarker(_memory, _time).MarkForDeletionAsync(BlockMaker.Tenant, BlockMaker.Id(1), "too old", [], s_none);
        }

        _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
        _time.Advance(TimeSpan.FromHours(48));
        _ = await _uploads.RunAsync(s_none);

        Directory.Exists(directory).ShouldBeFalse();
        _local.Unread.ShouldBe(isRetired ? [BlockMaker.Id(1)] : []);
    }

    [Fact]
    public async Task BucketDownForHours_BlocksWaitOnDisk_OneLineTells_AndNothingIsLost()
    {
        _fault = static (_, _) => Fault.Before;
        for (int block = 1; block <= 6; block++)
        {
            _ = BlockMaker.Write(_root, block);
            (await _uploads.RunAsync(s_none)).ShouldBeFalse();
            _time.Advance(TimeSpan.FromHours(12));
            _uploads.Queue.Blocks.ShouldBe(block);
            _uploads.Queue.OldestMs.ShouldBe(BlockMaker.Id(1).CreatedMs);
            _uploads.QueueOf(BlockMaker.Tenant).Failure.ShouldNotBeNull().ShouldContain("injected");
        }

        (await MetricsAsync()).ShouldContain("remotestore_block_store_upload_queue_blocks 6");
        _logger.Count(2201).ShouldBe(1, "one line, not one per try");
        _local.GetLocalBlocks().Count.ShouldBe(6, "cold or not, only the disk has them");

        _fault = static (_, _) => Fault.None;
        (await _uploads.RunAsync(s_none)).ShouldBeTrue();
        _logger.Count(2202).ShouldBe(1);
        await CheckAsync(1, 2, 3, 4, 5, 6);
        (await MetricsAsync()).ShouldContain("remotestore_block_store_upload_queue_blocks 0");
        _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
        _ = await _uploads.RunAsync(s_none);
        _view.Peek(BlockMaker.Tenant).ShouldNotBeNull().Blocks.Count.ShouldBe(6);
    }

    [Fact]
    public async Task Restart_UploadsNothingTwice()
    {
        _ = BlockMaker.Write(_root, 1);
        _ = await _uploads.RunAsync(s_none);
        _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
        Start();
        int operations = _bucket.Operations;
        _ = await _uploads.RunAsync(s_none);
        (_bucket.Operations - operations).ShouldBe(1, "the index");
        _local.GetLocalBlocks().ShouldHaveSingleItem().IsSettled.ShouldBeTrue();
    }

    [Fact]
    public async Task KeepLocalBlocks_UploadsAndRemovesNothing()
    {
        Start(options: new BlockStoreOptions { HotPeriod = s_hot, KeepLocalBlocks = true });
        _ = BlockMaker.Write(_root, 1);
        _time.Advance(s_hot + s_hot);
        _ = await _uploads.RunAsync(s_none);
        _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
        _ = await _uploads.RunAsync(s_none);
        _local.GetLocalBlocks().ShouldHaveSingleItem().IsSettled.ShouldBeFalse();
        _uploads.Queue.ShouldBe(UploadQueue.Empty);
        await CheckAsync(1);
    }

    [Fact]
    public async Task Compacted_CountsAsListed()
    {
        string directory = BlockMaker.Write(_root, 1);
        _view.Offer(new BucketIndex(
            BlockMaker.Tenant, 5, [new BlockRecord(BlockMaker.Meta(9, level: 2, sources: [1, 2]), 1)], [], [], [], isTenantDeleted: false));
        _time.Advance(s_hot + s_hot);
        _ = await _uploads.RunAsync(s_none);
        Directory.Exists(directory).ShouldBeFalse();
        (await _memory.ListAsync("", s_none).CountAsync()).ShouldBe(0, "it was not uploaded again");
    }

    [Fact]
    public async Task BrokenInTheBucket_IsNotRemovedHere()
    {
        string directory = BlockMaker.Write(_root, 1);
        _ = await _uploads.RunAsync(s_none);
        var mark = new BrokenMark { Tenant = BlockMaker.Tenant, Block = BlockMaker.Id(1), FoundAtMs = 1, Reason = "damaged" };
        await _memory.WriteAsync(BucketLayout.BrokenMark(mark.Tenant, mark.Block), new MemoryContent(MarkText.Format(mark)), WriteMode.Replace, s_none);
        _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
        _time.Advance(s_hot + s_hot);
        _ = await _uploads.RunAsync(s_none);
        Directory.Exists(directory).ShouldBeTrue();
    }

    [Fact]
    public async Task DamagedHere_IsToldOnce_AndOthersGoOn()
    {
        string damaged = BlockMaker.Write(_root, 1);
        _ = BlockMaker.Write(_root, 2);
        byte[] bytes = await File.ReadAllBytesAsync(Path.Combine(damaged, "chunks"));
        bytes[5] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(damaged, "chunks"), bytes);
        (await _uploads.RunAsync(s_none)).ShouldBeTrue();
        (await _uploads.RunAsync(s_none)).ShouldBeTrue();
        _logger.Count(2203).ShouldBe(1);
        await CheckAsync(2);
        _uploads.Queue.Blocks.ShouldBe(1);
        Directory.Exists(damaged).ShouldBeTrue();
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Permanent)]
    public async Task AnyRequestFails_TheNextRoundsMakeItGood(Fault fault)
    {
        for (int failing = 1; failing < 40; failing++)
        {
            string root = Path.Combine(_root, $"{fault}-{failing}");
            _ = BlockMaker.Write(root, 1);
            int request = 0;
            var memory = new MemoryBucket(_time);
            var bucket = new FaultyBucket(memory, _ => ++request == failing ? fault : Fault.None);
            Start(root, bucket);
            for (int round = 0; round < 3; round++)
            {
                _ = await _uploads.RunAsync(s_none);
                try
                {
                    _ = await _updater.UpdateAsync(BlockMaker.Tenant, s_none);
                }
                catch (BucketException)
                {
                    // The next one makes it good.
                }
            }

            _ = await _uploads.RunAsync(s_none);
            _local.GetLocalBlocks().ShouldHaveSingleItem().IsSettled.ShouldBeTrue($"request {failing}");
            await BlockReadBack.CheckAsync(memory, _view.Peek(BlockMaker.Tenant)!.Blocks[0].Meta, s_none);
        }
    }

    private async Task CheckAsync(params int[] numbers)
    {
        BucketIndex index = (await new BucketIndexStore(_memory, _time).UpdateAsync(BlockMaker.Tenant, null, s_none)).Index;
        index.Blocks.Select(static block => block.Id).ShouldBe(numbers.Select(BlockMaker.Id));
        foreach (BlockRecord block in index.Blocks)
        {
            await BlockReadBack.CheckAsync(_memory, block.Meta, s_none);
        }
    }

    private void Start(string? root = null, FaultyBucket? bucket = null, BlockStoreOptions? options = null)
    {
        bucket ??= _bucket;
        var metrics = new BlockStoreMetrics(_registry);
        var store = new BucketIndexStore(bucket, _time);
        _local = new LocalBlockFake(root ?? _root);
        _view = new BucketIndexView(store, metrics, _logger);
        _updater?.Dispose();
        _updater = new BucketIndexUpdater(store, _view, metrics, _logger, _time);
        _uploads = new BlockUploads(
            _local, new BlockUploader(bucket, Failpoints.None), _view, options ?? new BlockStoreOptions { HotPeriod = s_hot }, bucket.Description, metrics, _logger, _time);
    }

    private async Task<string> MetricsAsync()
    {
        using var page = new MemoryStream();
        await _registry.WriteTextAsync(page, s_none);
        return Encoding.UTF8.GetString(page.ToArray());
    }
}
