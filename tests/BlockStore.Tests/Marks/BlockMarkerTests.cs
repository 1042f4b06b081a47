using Microsoft.Extensions.Time.Testing;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Marks;

public sealed class BlockMarkerTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));
    private readonly MemoryBucket _bucket;
    private readonly BlockMarker _marker;

    public BlockMarkerTests()
    {
        _bucket = new MemoryBucket(_time);
        _marker = new BlockMarker(_bucket, _time);
    }

    [Fact]
    public async Task MarkForDeletion_IsListed_UntilItIsTakenBack()
    {
        await _marker.MarkForDeletionAsync(BlockMaker.Tenant, BlockMaker.Id(1), "range", [BlockMaker.Id(2)], s_none);

        DeletionMark mark = (await IndexAsync()).DeletionMarks[BlockMaker.Id(1)];
        (mark.Reason, mark.MarkedAtMs, mark.ReplacedBy[0]).ShouldBe(("range", 1_700_000_000_000, BlockMaker.Id(2)));

        await _marker.UnmarkForDeletionAsync(BlockMaker.Tenant, BlockMaker.Id(1), s_none);
        (await IndexAsync()).DeletionMarks.ShouldBeEmpty();
    }

    [Fact]
    public async Task MarkBroken_NothingLost_TouchesNoQuery()
    {
        await _marker.MarkBrokenAsync(BlockMaker.Tenant, BlockMaker.Id(1), "chunks: checksum", null, s_none);

        BrokenMark mark = (await IndexAsync()).BrokenMarks[BlockMaker.Id(1)];
        mark.Reason.ShouldBe("chunks: checksum");
        mark.Range.Overlaps(0, long.MaxValue).ShouldBeFalse();

        await _marker.UnmarkBrokenAsync(BlockMaker.Tenant, BlockMaker.Id(1), s_none);
        (await IndexAsync()).BrokenMarks.ShouldBeEmpty();
    }

    [Fact]
    public async Task MarkBroken_SamplesLost_TellsTheirTimes()
    {
        await _marker.MarkBrokenAsync(BlockMaker.Tenant, BlockMaker.Id(1), "index: checksum", new QueryRange(5, 9), s_none);

        (await IndexAsync()).BrokenMarks[BlockMaker.Id(1)].Range.ShouldBe(new QueryRange(5, 9));
    }

    private async Task<BucketIndex> IndexAsync() => (await new BucketIndexStore(_bucket, _time).UpdateAsync(BlockMaker.Tenant, null, s_none)).Index;
}
