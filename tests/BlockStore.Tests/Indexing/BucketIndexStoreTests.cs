using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Indexing;

public sealed class BucketIndexStoreTests : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _directory = Directory.CreateTempSubdirectory("blocks-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
    private readonly MemoryBucket _memory;
    private readonly List<string> _asked = [];
    private readonly FaultyBucket _bucket;
    private readonly BucketIndexStore _store;
    private Func<string, string, Fault> _fault = static (_, _) => Fault.None;

    public BucketIndexStoreTests()
    {
        _memory = new MemoryBucket(_time);
        _bucket = new FaultyBucket(_memory, (operation, key) =>
        {
            lock (_asked)
            {
                _asked.Add($"{operation} {key}");
            }

            return _fault(operation, key);
        });
        _store = new BucketIndexStore(_bucket, _time);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Load_NeverUpdated_IsNull() => (await _store.LoadAsync(BlockMaker.Tenant, s_none)).ShouldBeNull();

    [Fact]
    public async Task Update_ListsUploadedBlocks_AndLoadReadsThem()
    {
        await UploadAsync(1, 2);
        BucketIndexUpdate update = await _store.UpdateAsync(BlockMaker.Tenant, null, s_none);
        update.Index.Blocks.Select(static block => block.Id).ShouldBe([BlockMaker.Id(1), BlockMaker.Id(2)]);
        update.Index.Blocks[0].UploadedAtMs.ShouldBe(1_800_000_000_000);
        update.Partial.ShouldBeEmpty();

        BucketIndex? loaded = await _store.LoadAsync(BlockMaker.Tenant, s_none);
        BucketIndexText.Format(loaded.ShouldNotBeNull()).ShouldBe(BucketIndexText.Format(update.Index));
        loaded.UpdatedAtMs.ShouldBe(1_800_000_000_000);
    }

    [Fact]
    public async Task Update_WithAnOlderIndex_ReadsOnlyWhatIsNew()
    {
        await UploadAsync(1, 2);
        BucketIndex known = (await _store.UpdateAsync(BlockMaker.Tenant, null, s_none)).Index;
        await UploadAsync(3);
        await MarkAsync(2, replacedBy: 3);
        _asked.Clear();
        BucketIndex index = (await _store.UpdateAsync(BlockMaker.Tenant, known, s_none)).Index;
        index.Readable.Select(static block => block.Id).ShouldBe([BlockMaker.Id(1), BlockMaker.Id(3)]);
        _asked.Count(static asked => asked.StartsWith("read", StringComparison.Ordinal)).ShouldBe(2, "the new meta and the mark");
        _asked.ShouldNotContain(static asked => asked.StartsWith("stat", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Update_BlockGone_DropsIt()
    {
        await UploadAsync(1, 2);
        BucketIndex known = (await _store.UpdateAsync(BlockMaker.Tenant, null, s_none)).Index;
        await _memory.DeleteAsync(BucketLayout.File(BlockMaker.Tenant, BlockMaker.Id(1), BlockFile.Meta), s_none);
        BucketIndexUpdate update = await _store.UpdateAsync(BlockMaker.Tenant, known, s_none);
        update.Index.Blocks.Select(static block => block.Id).ShouldBe([BlockMaker.Id(2)]);
        PartialBlock partial = update.Partial.ShouldHaveSingleItem();
        partial.Block.ShouldBe(BlockMaker.Id(1));
        partial.Keys.Count.ShouldBe(2);
        partial.NewestMs.ShouldBe(1_800_000_000_000);
    }

    [Fact]
    public async Task Update_DamagedMetaAndMark_AreTold_AndTheRestIsListed()
    {
        await UploadAsync(1, 2);
        await MarkAsync(2, replacedBy: 1);
        await DamageAsync(BucketLayout.File(BlockMaker.Tenant, BlockMaker.Id(1), BlockFile.Meta));
        string mark = BucketLayout.DeletionMark(BlockMaker.Tenant, BlockMaker.Id(2));
        await DamageAsync(mark);
        BucketIndexUpdate update = await _store.UpdateAsync(BlockMaker.Tenant, null, s_none);
        update.Index.Readable.Select(static block => block.Id).ShouldBe([BlockMaker.Id(2)]);
        update.Unreadable.ShouldHaveSingleItem().Block.ShouldBe(BlockMaker.Id(1));
        update.UnreadableMarks.Keys.ShouldBe([mark]);
    }

    [Fact]
    public async Task Update_MetaOfAnotherBlock_IsTold()
    {
        await UploadAsync(1);
        byte[] text = await _memory.ReadAllAsync(BucketLayout.File(BlockMaker.Tenant, BlockMaker.Id(1), BlockFile.Meta), 1 << 20, s_none);
        await _memory.WriteAsync(BucketLayout.File(BlockMaker.Tenant, BlockMaker.Id(5), BlockFile.Meta), new MemoryContent(text), WriteMode.Replace, s_none);
        BucketIndexUpdate update = await _store.UpdateAsync(BlockMaker.Tenant, null, s_none);
        update.Unreadable.ShouldHaveSingleItem().Block.ShouldBe(BlockMaker.Id(5));
        update.Index.Blocks.ShouldHaveSingleItem().Id.ShouldBe(BlockMaker.Id(1));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("read")]
    [InlineData("write")]
    public async Task Update_BucketFails_LeavesTheIndexThatWas(string failing)
    {
        await UploadAsync(1);
        BucketIndex before = (await _store.UpdateAsync(BlockMaker.Tenant, null, s_none)).Index;
        await UploadAsync(2);
        _fault = (operation, _) => operation == failing ? Fault.Before : Fault.None;
        _ = await Should.ThrowAsync<BucketException>(async () => await _store.UpdateAsync(BlockMaker.Tenant, before, s_none));
        _fault = static (_, _) => Fault.None;
        BucketIndex loaded = (await _store.LoadAsync(BlockMaker.Tenant, s_none)).ShouldNotBeNull();
        BucketIndexText.Format(loaded).ShouldBe(BucketIndexText.Format(before));
    }

    [Fact]
    public async Task Load_OfADamagedIndex_IsRefused_AndTheNextUpdateMakesItAnew()
    {
        await UploadAsync(1);
        _ = await _store.UpdateAsync(BlockMaker.Tenant, null, s_none);
        await DamageAsync(BucketLayout.BucketIndex(BlockMaker.Tenant));
        _ = await Should.ThrowAsync<CorruptDataException>(async () => await _store.LoadAsync(BlockMaker.Tenant, s_none));
        _ = await _store.UpdateAsync(BlockMaker.Tenant, null, s_none);
        (await _store.LoadAsync(BlockMaker.Tenant, s_none)).ShouldNotBeNull().Blocks.Count.ShouldBe(1);
    }

    private async Task UploadAsync(params int[] numbers)
    {
        var uploader = new BlockUploader(_memory, Failpoints.None);
        foreach (int number in numbers)
        {
            _ = await uploader.UploadAsync(BlockMaker.Write(_directory, number), s_none);
        }
    }

    private async Task MarkAsync(int block, int replacedBy)
    {
        var mark = new DeletionMark
        {
            Tenant = BlockMaker.Tenant,
            Block = BlockMaker.Id(block),
            MarkedAtMs = 1,
            Reason = "compacted",
            ReplacedBy = [BlockMaker.Id(replacedBy)],
        };
        await _memory.WriteAsync(BucketLayout.DeletionMark(mark.Tenant, mark.Block), new MemoryContent(MarkText.Format(mark)), WriteMode.Replace, s_none);
    }

    private async Task DamageAsync(string key)
    {
        byte[] bytes = await _memory.ReadAllAsync(key, 1 << 20, s_none);
        bytes[bytes.Length / 2] ^= 1;
        await _memory.WriteAsync(key, new MemoryContent(bytes), WriteMode.Replace, s_none);
    }
}
