using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Planning;
using Shouldly;
using Xunit;

namespace RemoteStore.StoreGateway.Tests.Planning;

public sealed class TierPlanTests
{
    private const long M = 60_000;
    private const long H = 60 * M;

    private static readonly SelectHints s_raw = new(QueryRange.All);
    private static readonly SelectHints s_windows = new(QueryRange.All) { AcceptsWindows = true };
    private static readonly SelectHints s_coarse = s_windows with { MaxResolutionMs = H };

    [Fact]
    public void Make_AnyBlocksAndHints_ReadsEverySampleOnceAtOneResolution() =>
        Gen.Int.Select(Gen.Int[0, 2]).Sample((seed, kind) => new TierModel(new Random(seed)).Check(kind), iter: 4_000);

    [Fact]
    public void Make_SamplesAndWindows_ReadsSamplesUnlessWindowsAreAccepted()
    {
        TierBlock[] blocks = [Block(0, 2 * H, 0, 1), Block(0, 2 * H, 5 * M, 1), Block(0, 2 * H, H, 1)];
        var wanted = new QueryRange(0, (2 * H) - 1);

        Plan(blocks, wanted, s_raw).ShouldBe([new TierRead(0, wanted)]);
        Plan(blocks, wanted, s_windows).ShouldBe([new TierRead(0, wanted)]);
        Plan(blocks, wanted, s_coarse).ShouldBe([new TierRead(2, new QueryRange(0, 2 * H))]);
        Plan(blocks, wanted, s_windows with { MaxResolutionMs = 30 * M }).ShouldBe([new TierRead(1, new QueryRange(0, 2 * H))]);
    }

    [Theory]
    [InlineData("sum_over_time", 60, 0, 60, 2)] // whole hours
    [InlineData("rate", 60, 0, 0, 2)]
    [InlineData("increase", 30, 0, 60, 1)] // the range is half an hour
    [InlineData("delta", 120, 30, 60, 1)] // evaluated at half past
    [InlineData("max_over_time", 60, 0, 15, 1)]
    [InlineData("avg_over_time", 60, 0, 7, 0)] // evaluated between windows
    [InlineData("absent_over_time", 60, 0, 60, 2)] // a window without samples is not there
    [InlineData("absent_over_time", 60, 30, 60, 1)]
    [InlineData("rate", 0, 0, 60, 0)] // an instant selector
    [InlineData("irate", 60, 0, 60, 0)] // looks at two samples
    [InlineData("quantile_over_time", 60, 0, 60, 0)]
    public void Make_WindowsGiveTheSameAnswer_ReadsTheCoarsestThatDo(string function, int rangeMinutes, int firstMinute, int stepMinutes, int block)
    {
        TierBlock[] blocks = [Block(0, 24 * H, 0, 1), Block(0, 24 * H, 5 * M, 1), Block(0, 24 * H, H, 1)];
        var wanted = new QueryRange(2 * H, 20 * H);
        SelectHints hints = s_windows with
        {
            Function = function,
            RangeMs = rangeMinutes * M,
            FirstEvaluationMs = (3 * H) + (firstMinute * M),
            StepMs = stepMinutes * M,
        };

        Plan(blocks, wanted, hints).ShouldHaveSingleItem().Block.ShouldBe(block);
        Plan(blocks, wanted, hints with { AcceptsWindows = false }).ShouldHaveSingleItem().Block.ShouldBe(0);
    }

    [Fact]
    public void Make_SamplesAreGoneInTheMiddleOfAWindow_CutsBetweenWindows()
    {
        // Half a window of an hour is left as samples: the hour is read as a window, what follows as samples.
        TierBlock[] blocks = [Block(10 * H + (30 * M), 12 * H, 0, 2), Block(0, 12 * H, H, 1, 2)];

        Plan(blocks, new QueryRange(0, (12 * H) - 1), s_windows).ShouldBe(
            [new TierRead(1, new QueryRange(0, 11 * H)), new TierRead(0, new QueryRange((11 * H) + 1, (12 * H) - 1))], ignoreOrder: true);
    }

    [Fact]
    public void Make_LateBlockIsNotInTheWindows_ReadsSamplesWhereItIs()
    {
        TierBlock[] blocks = [Block(0, 24 * H, 0, 1), Block(4 * H, 6 * H, 0, 2), Block(0, 24 * H, 5 * M, 1)];

        IReadOnlyList<TierRead> plan = Plan(blocks, new QueryRange(0, (24 * H) - 1), s_coarse);

        plan.ShouldBe(
            [
                new TierRead(0, new QueryRange((4 * H) - (5 * M) + 1, 6 * H)),
                new TierRead(1, new QueryRange(4 * H, (6 * H) - 1)),
                new TierRead(2, new QueryRange(0, (4 * H) - (5 * M))),
                new TierRead(2, new QueryRange((6 * H) + (5 * M), 24 * H)),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Make_LateBlockWithoutTheOthersSamples_IsReadBesideTheWindows()
    {
        TierBlock[] blocks = [Block(4 * H, 6 * H, 0, 2), Block(0, 24 * H, H, 1)];

        Plan(blocks, new QueryRange(0, (24 * H) - 1), s_windows).ShouldBe(
            [new TierRead(0, new QueryRange(4 * H, (6 * H) - 1)), new TierRead(1, new QueryRange(0, 24 * H))], ignoreOrder: true);
    }

    [Fact]
    public void Make_SamplesHeldElsewhere_AreNotReadAsWindows()
    {
        TierBlock[] blocks = [Block(0, 24 * H, 0, 1), Block(0, 24 * H, H, 1)];

        IReadOnlyList<TierRead> plan = TierPlan.Make(
            blocks, new QueryRange(0, (24 * H) - 1), [new QueryRange((20 * H) + M, (20 * H) + (2 * M))], RawSourcesOf(blocks), new TierChoice(s_coarse));

        plan.ShouldBe(
            [
                new TierRead(1, new QueryRange(0, 20 * H)), new TierRead(0, new QueryRange((20 * H) + 1, 21 * H)),
                new TierRead(1, new QueryRange(22 * H, 24 * H)),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Make_SampleAtTheStartOfItsBlock_IsReadAsReceived()
    {
        // The sample at 2 h lies in the window that ends there, which begins before the block of samples does.
        TierBlock[] blocks = [Block(2 * H, 4 * H, 0, 1), Block(0, 24 * H, H, 1)];

        Plan(blocks, new QueryRange(0, (24 * H) - 1), s_raw).ShouldBe([new TierRead(0, new QueryRange(2 * H, (4 * H) - 1))]);
    }

    [Fact]
    public void Make_SamplesInTheLocalStore_AreNotReadAsWindows()
    {
        TierBlock[] blocks = [Block(0, 24 * H, H, 1, 2)];

        TierPlan.Make(blocks, new QueryRange(0, (24 * H) - 1), [new QueryRange(0, (24 * H) - 1)], new HashSet<int> { 1, 2 }, new TierChoice(s_windows)).ShouldBeEmpty();
    }

    [Fact]
    public void DividesNone_RangesOfWholeWindows_IsTrueWhateverElseIsAccepted()
    {
        SelectHints hints = s_windows with { Function = "rate", RangeMs = H, FirstEvaluationMs = 24 * H, StepMs = 6 * H, MaxResolutionMs = 2 * H };

        new TierChoice(hints).DividesNone(H).ShouldBeTrue();
        new TierChoice(hints).DividesNone(5 * M).ShouldBeTrue();
        new TierChoice(hints).Accepts(2 * H).ShouldBeTrue();
        new TierChoice(hints).DividesNone(2 * H).ShouldBeFalse("a range ends within");
        new TierChoice(hints with { Function = "irate" }).DividesNone(H).ShouldBeFalse("it may look further");
        new TierChoice(hints with { AcceptsWindows = false }).DividesNone(H).ShouldBeFalse();
    }

    [Fact]
    public void Make_WindowsAsSamples_ReadsOnlyTimesThatAreWanted() =>
        Plan([Block(0, 24 * H, H, 1)], new QueryRange((2 * H) + M, 3 * H), s_raw)
            .ShouldBe([new TierRead(0, new QueryRange((2 * H) + M, 3 * H))]);

    [Fact]
    public void Make_NothingThere_ReadsNothing()
    {
        Plan([], new QueryRange(0, H), s_windows).ShouldBeEmpty();
        Plan([Block(0, H, 0, 1)], new QueryRange(H, 2 * H), s_windows).ShouldBeEmpty();
        Plan([Block(0, H, 0, 1)], new QueryRange(1, 0), s_windows).ShouldBeEmpty();
    }

    [Fact]
    public void Make_AllTimes_DoesNotOverflow()
    {
        TierBlock[] blocks = [Block(0, H, 0, 1), Block(0, H, H, 1), new(new BlockRange(long.MinValue, long.MaxValue), long.MinValue, long.MaxValue, 5 * M, [7])];

        Plan(blocks, QueryRange.All, s_windows).Select(static read => read.Block).Distinct().Order().ShouldBe([0, 2]);
    }

    private static IReadOnlyList<TierRead> Plan(TierBlock[] blocks, QueryRange wanted, in SelectHints hints) =>
        TierPlan.Make(blocks, wanted, [], RawSourcesOf(blocks), new TierChoice(hints));

    private static HashSet<int> RawSourcesOf(TierBlock[] blocks) =>
        [.. blocks.Where(static block => block.ResolutionMs == 0).SelectMany(static block => block.Sources)];

    private static TierBlock Block(long start, long end, long resolutionMs, params int[] sources) =>
        new(new BlockRange(start, end), start, end - 1, resolutionMs, sources);
}
