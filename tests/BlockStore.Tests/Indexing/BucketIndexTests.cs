using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Indexing;

public sealed class BucketIndexTests
{
    [Fact]
    public void Readable_LeavesOutWhatIsMarked()
    {
        BucketIndex index = Index([1, 2, 3], [Deleted(2, by: 3)], [Broken(1)]);
        index.Readable.Select(static block => block.Id).ShouldBe([BlockMaker.Id(3)]);
        index.Blocks.Count.ShouldBe(3);
    }

    [Fact]
    public void Readable_ReplacementIsBroken_HasTheReplacedBlock() =>
        Index([1, 2], [Deleted(1, by: 2)], [Broken(2)]).Readable.Select(static block => block.Id).ShouldBe([BlockMaker.Id(1)]);

    [Fact]
    public void Readable_ReplacementIsNotListed_HasTheReplacedBlock()
    {
        Index([1], [Deleted(1, by: 2)], []).Readable.Select(static block => block.Id).ShouldBe([BlockMaker.Id(1)]);
        Index([1], [Deleted(1)], []).Readable.ShouldBeEmpty("nobody wants it");
        Index([1], [Deleted(1, by: 2), Deleted(2)], []).Readable.ShouldBeEmpty("nobody wants what took its place");
    }

    [Fact]
    public void Holds_TellsOfSourcesToo()
    {
        var index = new BucketIndex(
            BlockMaker.Tenant, 5, [new BlockRecord(BlockMaker.Meta(9, level: 2, sources: [1, 2]), 1)], [Deleted(4)], [Broken(3)], [], isTenantDeleted: false);
        index.Holds(BlockMaker.Id(1)).ShouldBeTrue();
        index.Holds(BlockMaker.Id(9)).ShouldBeTrue();
        index.Holds(BlockMaker.Id(4)).ShouldBeTrue("it is not wanted any more");
        index.Holds(BlockMaker.Id(3)).ShouldBeFalse();
        index.Holds(BlockMaker.Id(5)).ShouldBeFalse();
    }

    [Fact]
    public void Text_RoundTrips()
    {
        BucketIndex index = Index([1, 2, 3], [Deleted(2, by: 3), Deleted(8)], [Broken(1)]);
        byte[] text = BucketIndexText.Format(index);
        BucketIndex read = BucketIndexText.Parse("k", BlockMaker.Tenant, text);
        BucketIndexText.Format(read).ShouldBe(text);
        read.Blocks.Count.ShouldBe(3);
        read.DeletionMarks[BlockMaker.Id(2)].ReplacedBy.ShouldBe([BlockMaker.Id(3)]);
        read.BrokenMarks[BlockMaker.Id(1)].Reason.ShouldBe("\"damaged\"\n");
        read.DeletionJobs.ShouldBe(["job"]);
        read.UpdatedAtMs.ShouldBe(77);
    }

    [Fact]
    public void Text_AnyByteChanged_IsRefused()
    {
        byte[] text = BucketIndexText.Format(Index([1], [Deleted(2)], [Broken(3)]));
        for (int i = 0; i < text.Length; i++)
        {
            byte[] damaged = [.. text];
            damaged[i] ^= 0x01;
            _ = Should.Throw<CorruptDataException>(() => BucketIndexText.Parse("k", BlockMaker.Tenant, damaged));
            _ = Should.Throw<CorruptDataException>(() => BucketIndexText.Parse("k", BlockMaker.Tenant, text.AsMemory(0, i)));
        }
    }

    private static BucketIndex Index(int[] blocks, DeletionMark[] deleted, BrokenMark[] broken) => new(
        BlockMaker.Tenant, 77, blocks.Select(static number => new BlockRecord(BlockMaker.Meta(number), number)), deleted, broken, ["job"], isTenantDeleted: false);

    private static DeletionMark Deleted(int block, int? by = null) => new()
    {
        Tenant = BlockMaker.Tenant,
        Block = BlockMaker.Id(block),
        MarkedAtMs = 12,
        Reason = "compacted",
        ReplacedBy = by is { } other ? [BlockMaker.Id(other)] : [],
    };

    private static BrokenMark Broken(int block) => new() { Tenant = BlockMaker.Tenant, Block = BlockMaker.Id(block), FoundAtMs = 13, Reason = "\"damaged\"\n" };
}
