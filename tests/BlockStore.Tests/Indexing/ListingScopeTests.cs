using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Indexing;

public sealed class ListingScopeTests
{
    private const long HourMs = 3_600_000;
    private const long NowMs = 1_800_000_000_000;

    [Fact]
    public void Choose_NothingKnown_FirstTurn_OrFewBlocks_IsEverything()
    {
        ListingScope.Choose(null, NowMs, 5, []).IsWhole.ShouldBeTrue();
        ListingScope.Choose(Index(2000, NowMs), NowMs, 0, []).IsWhole.ShouldBeTrue();
        ListingScope.Choose(Index(1000, NowMs), NowMs, 5, []).IsWhole.ShouldBeTrue();
        ListingScope.Choose(Index(1001, NowMs), NowMs, 5, []).IsWhole.ShouldBeFalse();
        ListingScope.Choose(Index(1001, NowMs), NowMs, 5, []).Covers(Id(NowMs - (1000 * HourMs))).ShouldBeFalse();
    }

    [Fact]
    public void Choose_ManyBlocks_CoversWhatIsNewInFewListings() => Gen.Long[0, 400 * 24 * HourMs].Sample(since =>
    {
        long nowMs = NowMs + since;
        var scope = ListingScope.Choose(Index(5000, nowMs), nowMs, turn: (int)(since % 100) + 1, []);

        scope.Prefixes.Count.ShouldBeInRange(1, 4);
        foreach (long ageMs in (long[])[0, 1, HourMs, 6 * HourMs])
        {
            scope.Covers(Id(nowMs - ageMs)).ShouldBeTrue($"{ageMs} ms");
        }
    });

    [Fact]
    public void Choose_TurnAfterTurn_CoversEverything()
    {
        BucketIndex index = Index(5000, NowMs);
        IEnumerable<ListingScope> turns = Enumerable.Range(1, 100).Select(turn => ListingScope.Choose(index, NowMs, turn, []));

        ListingScope[] all = [.. turns];

        index.Blocks.ShouldAllBe(block => all.Any(scope => scope.Covers(block.Id)));
        all.ShouldAllBe(static scope => scope.Prefixes.Count <= 4);
    }

    [Fact]
    public void Choose_ManyBlocksOfOneTime_ListsAFewOfThemAtATime()
    {
        BlockRecord[] imported = [.. Enumerable.Range(0, 5000).Select(number => new BlockRecord(BlockMaker.Meta(1) with { Id = Id(NowMs - (4000 * HourMs) + number) }, 1))];
        var index = new BucketIndex(BlockMaker.Tenant, NowMs, imported, [], [], [], isTenantDeleted: false);

        ListingScope[] all = [.. Enumerable.Range(1, 500).Select(turn => ListingScope.Choose(index, NowMs, turn, []))];

        all.ShouldAllBe(scope => imported.Count(block => scope.Covers(block.Id)) <= 300);
        imported.ShouldAllBe(block => all.Any(scope => scope.Covers(block.Id)));
    }

    [Fact]
    public void Choose_ExpectedBlock_IsCoveredHoweverOld()
    {
        BlockId old = Id(NowMs - (3000 * HourMs));

        ListingScope.Choose(Index(5000, NowMs), NowMs, 7, []).Covers(old).ShouldBeFalse();
        ListingScope.Choose(Index(5000, NowMs), NowMs, 7, [old]).Covers(old).ShouldBeTrue();
    }

    [Fact]
    public void Choose_ClockWentBackAnHour_CoversBothTimes()
    {
        var scope = ListingScope.Choose(Index(5000, NowMs), NowMs - HourMs, 7, []);

        scope.IsWhole.ShouldBeFalse();
        scope.Covers(Id(NowMs)).ShouldBeTrue();
        scope.Covers(Id(NowMs - (7 * HourMs))).ShouldBeTrue();
    }

    [Theory]
    [InlineData(-100)]
    [InlineData(100)]
    public void Choose_ClockJumped_OrTheProcessSleptLong_IsEverything(int hours) =>
        ListingScope.Choose(Index(5000, NowMs), NowMs + (hours * HourMs), 7, []).IsWhole.ShouldBeTrue();

    [Fact]
    public void Prefixes_DoNotOverlap() => Gen.Int[1, 1000].Sample(turn =>
    {
        IReadOnlyList<string> prefixes = ListingScope.Choose(Index(5000, NowMs), NowMs, turn, [Id(NowMs), Id(0), Id(NowMs - (400 * HourMs))]).Prefixes;

        foreach (string one in prefixes)
        {
            prefixes.Count(other => one.StartsWith(other, StringComparison.Ordinal)).ShouldBe(1, one);
        }
    });

    private static BlockId Id(long createdMs) => new((ulong)createdMs << 16, 1);

    /// <summary>A block every two hours up to a time.</summary>
    private static BucketIndex Index(int blocks, long lastMs) => new(
        BlockMaker.Tenant,
        lastMs,
        Enumerable.Range(0, blocks).Select(number => new BlockRecord(BlockMaker.Meta(1) with { Id = Id(lastMs - (number * 2 * HourMs)) }, 1)),
        [],
        [],
        [],
        isTenantDeleted: false);
}
