using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Format;

public sealed class SupersedesTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void Supersedes_CompactedBlock_ItsSourcesAtAnyDepth()
    {
        BlockMeta first = Meta(1, 1, [], 0, 2);
        BlockMeta half = Meta(8, 2, [1, 2], 0, 12);
        BlockMeta day = Meta(9, 3, [1, 2, 3], 0, 24);
        half.Supersedes(first).ShouldBeTrue();
        day.Supersedes(first).ShouldBeTrue();
        day.Supersedes(half).ShouldBeTrue();
        half.Supersedes(day).ShouldBeFalse();
        first.Supersedes(half).ShouldBeFalse();
        first.Supersedes(first).ShouldBeFalse();
    }

    [Fact]
    public void Supersedes_SamePartsInTwoCutBlocks_Neither()
    {
        // Numbers of parts are not unique among processes: a cut block's source is itself.
        BlockMeta one = Meta(1, 1, [], 0, 2) with { Sources = ["00000001"] };
        BlockMeta two = Meta(2, 1, [], 0, 2) with { Sources = ["00000001"] };
        one.Supersedes(two).ShouldBeFalse();
        two.Supersedes(one).ShouldBeFalse();
    }

    [Fact]
    public void Supersedes_PiecesOfOneCompaction_Neither()
    {
        BlockMeta early = Meta(8, 2, [1, 2], 0, 12);
        BlockMeta late = Meta(9, 2, [1, 2], 12, 24);
        early.Supersedes(late).ShouldBeFalse();
        late.Supersedes(early).ShouldBeFalse();
        early.Supersedes(Meta(2, 1, [], 11, 13)).ShouldBeFalse("a part of it lies in the other piece");
    }

    [Fact]
    public void Supersedes_SameSourcesAndRange_ExactlyOneOfTwo()
    {
        BlockMeta once = Meta(8, 2, [1, 2], 0, 12);
        BlockMeta again = Meta(9, 2, [1, 2], 0, 12);
        again.Supersedes(once).ShouldBeTrue();
        once.Supersedes(again).ShouldBeFalse();
        BlockMeta rewritten = Meta(3, 3, [1, 2], 0, 12);
        rewritten.Supersedes(again).ShouldBeTrue("its level says that it was made of it");
        again.Supersedes(rewritten).ShouldBeFalse();
    }

    [Fact]
    public void Supersedes_OtherResolutionOrTenant_Never()
    {
        BlockMeta coarse = Meta(8, 2, [1, 2], 0, 12) with { ResolutionMs = 300_000 };
        coarse.Supersedes(Meta(1, 1, [], 0, 2)).ShouldBeFalse();
        (Meta(9, 2, [1, 2], 0, 12) with { Tenant = TenantId.Parse("other") }).Supersedes(Meta(1, 1, [], 0, 2)).ShouldBeFalse();
    }

    [Fact]
    public void SourceBlocks_DownsampledOfACutBlock_AreTheCutBlock() =>
        (Meta(8, 1, [1], 0, 2) with { ResolutionMs = 300_000 }).SourceBlocks.ShouldBe([Id(1)]);

    [Fact]
    public void Text_KeepsParents()
    {
        BlockMeta meta = Meta(9, 2, [1, 2], 0, 12) with { Parents = [Id(1), Id(2)] };
        BlockMetaText.Parse("meta.json", BlockMetaText.Format(meta)).Parents.ShouldBe([Id(1), Id(2)]);
    }

    private static BlockId Id(int number) => new(1UL << 60, (ulong)number);

    private static BlockMeta Meta(int number, int level, int[] sources, long fromHour, long toHour) => new()
    {
        Id = Id(number),
        Tenant = TenantId.Anonymous,
        Range = new(fromHour * Hour, toHour * Hour),
        MinTime = fromHour * Hour,
        MaxTime = (toHour * Hour) - 1,
        Level = level,
        Sources = [.. sources.Select(static source => Id(source).ToString())],
        Stats = new BlockStats(),
        Files = [new(BlockFile.Index, 1, 1), new(BlockFile.Chunks, 1, 1)],
    };
}
