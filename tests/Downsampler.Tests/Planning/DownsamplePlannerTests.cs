using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Downsampler.Planning;
using RemoteStore.Limits;
using Shouldly;
using Xunit;
using static RemoteStore.Downsampler.Tests.Planning.Metas;

namespace RemoteStore.Downsampler.Tests.Planning;

public sealed class DownsamplePlannerTests
{
    private const int Old = 24 * 30; // hours after which every tier is due

    [Theory]
    [InlineData(24 + 39, 0)]
    [InlineData(24 + 40, 1)]
    [InlineData(24 + 239, 1)]
    [InlineData(24 + 240, 2)]
    public void Plan_ADay_IsDownsampledAtTheAgeOfTheTier(int nowHours, int jobs) =>
        Plan([Block(1, 0, 24)], nowHours).Count.ShouldBe(jobs);

    [Fact]
    public void Plan_WhatIsThere_IsNotMadeAgain() =>
        Plan([Block(1, 0, 24), Block(2, 0, 24, Minutes5, 1), Block(3, 0, 24, HourMs, 1)], Old).ShouldBeEmpty();

    [Fact]
    public void Plan_AFurtherBlockOfTheDay_MakesTheDayAnewWithAllSources()
    {
        List<DownsampleJob> jobs = Plan([Block(1, 0, 24), Block(2, 0, 24, Minutes5, 1), Block(3, 0, 24, HourMs, 1), Block(4, 2, 4)], Old);

        jobs.Select(static job => job.ResolutionMs).ShouldBe([Minutes5, HourMs]);
        jobs[0].Sources.ShouldBe([Id(1), Id(4)]);
        jobs[0].Range.ShouldBe(new BlockRange(0, 24 * HourMs));
        Inputs(jobs[0]).ShouldBe([1, 4]);
        Inputs(jobs[1]).ShouldBe([1, 4]); // the finer windows are out of date
        var made = Made(jobs[0], 9);
        made.Supersedes(Block(2, 0, 24, Minutes5, 1)).ShouldBeTrue();
    }

    [Fact]
    public void Plan_CoarseWindows_AreMadeOfFinerOnes() =>
        Inputs(Plan([Block(1, 0, 24), Block(2, 0, 24, Minutes5, 1)], Old).ShouldHaveSingleItem()).ShouldBe([2]);

    [Theory]
    [InlineData(24 + 63, 0)]
    [InlineData(24 + 64, 1)]
    public void Plan_ADayThatIsNotCompacted_WaitsADayLonger(int nowHours, int jobs) =>
        Plan([Block(1, 0, 12), Block(2, 12, 24)], nowHours).Count.ShouldBe(jobs);

    [Fact]
    public void Plan_ABlockOfSeveralDays_IsOneStretch()
    {
        DownsampleJob job = Plan([Block(9, 0, 72, 0, 1, 2, 3), Block(4, 0, 24, Minutes5, 1), Block(5, 24, 48, Minutes5, 2), Block(6, 0, 72, HourMs, 1, 2, 3)], Old)
            .ShouldHaveSingleItem();

        (job.Range, job.Sources.Count).ShouldBe((new BlockRange(0, 72 * HourMs), 3));
        Inputs(job).ShouldBe([9]);
    }

    [Fact]
    public void Plan_SourcesSpreadOverBlocksOfDays_AreEnough() =>
        Plan([Block(9, 0, 48, 0, 1, 2), Block(4, 0, 24, Minutes5, 1), Block(5, 24, 48, Minutes5, 2), Block(6, 0, 48, HourMs, 1, 2)], Old).ShouldBeEmpty();

    [Fact]
    public void Plan_SamplesPastTheirRetention_AreTakenFromWindows()
    {
        // Of three days that were joined, the samples of the first two are gone; a block comes late for the third.
        DownsampleJob job = Plan([Block(3, 48, 72), Block(7, 50, 52), Block(6, 0, 72, Minutes5, 1, 2, 3)], Old).First();

        job.Sources.ShouldBe([Id(1), Id(2), Id(3), Id(7)]);
        Inputs(job).ShouldBe([6, 3, 7]);
        job.Inputs[0].Range.MaxTime.ShouldBe((48 * HourMs) - 1);
        Made(job, 9).Supersedes(Block(6, 0, 72, Minutes5, 1, 2, 3)).ShouldBeTrue();
    }

    [Fact]
    public void Plan_OnlyFinerWindowsAreLeft_MakesCoarseOnesOfThem() =>
        Inputs(Plan([Block(2, 0, 24, Minutes5, 1)], Old).ShouldHaveSingleItem()).ShouldBe([2]);

    [Fact]
    public void Plan_SupersededBlocks_DoNotCount() =>
        Inputs(Plan([Block(1, 0, 12), Block(2, 12, 24), Block(3, 0, 24, 0, 1, 2)], Old).First()).ShouldBe([3]);

    [Fact]
    public void Plan_NoTiers_MakesNothing() =>
        DownsamplePlanner.Plan([Block(1, 0, 24)], Old * HourMs, Options with { Tiers = [] }).ShouldBeEmpty();

    [Fact]
    public void Plan_WindowsPastTheirRetention_AreNotMadeAgain()
    {
        // Of two days the first is past the retention of the finer windows, and these are removed.
        BlockMeta[] blocks = [Block(1, 0, 24), Block(2, 24, 48), Block(5, 24, 48, Minutes5, 2), Block(6, 0, 24, HourMs, 1), Block(7, 24, 48, HourMs, 2)];
        var retention = new TenantRetention
        {
            Made = [Minutes5, HourMs],
            Downsampled = new Dictionary<long, TimeSpan> { [Minutes5] = TimeSpan.FromHours(Old - 24) },
        };

        Plan(blocks, Old).ShouldHaveSingleItem();
        DownsamplePlanner.Plan(blocks, Old * HourMs, Options, retention).ShouldBeEmpty();
    }

    [Fact]
    public void Plan_TenantWithoutATier_GetsTheOthersOfSamples()
    {
        DownsampleJob job = DownsamplePlanner.Plan([Block(1, 0, 24)], Old * HourMs, Options, new TenantRetention { Made = [HourMs] }).ShouldHaveSingleItem();

        (job.ResolutionMs, Inputs(job).Single()).ShouldBe((HourMs, 1));
        DownsamplePlanner.Plan([Block(1, 0, 24)], Old * HourMs, Options, TenantRetention.Forever).ShouldBeEmpty();
    }

    [Fact]
    public void Plan_CarriedOut_ComesToAnEndWithEverythingThere() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var blocks = new List<BlockMeta>();
            int next = 1;
            for (int step = 0; step < 30; step++)
            {
                switch (random.Next(4))
                {
                    case 0: // a cut block, sometimes late
                        int at = random.Next(60) * 2;
                        blocks.Add(Block(next++, at, at + 2));
                        break;
                    case 1: // a compaction of a day or three
                        int length = random.Next(2) == 0 ? 24 : 72;
                        int from = random.Next(120 / length) * length;
                        BlockMeta[] inside = [.. blocks.Where(b => b.ResolutionMs == 0 && b.Range.Start >= from * HourMs && b.Range.End <= (from + length) * HourMs)];
                        if (inside.Length > 1)
                        {
                            blocks.RemoveAll(inside.Contains);
                            blocks.Add(Joined(next++, inside, new BlockRange(from * HourMs, (from + length) * HourMs)));
                        }

                        break;
                    case 2: // the oldest samples go
                        blocks.RemoveAll(b => b.ResolutionMs == 0 && b.Range.End <= random.Next(40) * HourMs);
                        break;
                    default:
                        foreach (DownsampleJob job in Plan(blocks, Old).Take(1))
                        {
                            blocks.Add(Made(job, next++));
                        }

                        break;
                }
            }

            for (int rounds = 0; Plan(blocks, Old).FirstOrDefault() is { } job; rounds++)
            {
                rounds.ShouldBeLessThan(100);
                blocks.Add(Made(job, next++));
            }

            foreach (long resolution in new[] { Minutes5, HourMs })
            {
                HashSet<BlockId> have = [.. blocks.Where(b => b.ResolutionMs == resolution).SelectMany(static b => b.SourceBlocks)];
                blocks.Where(static b => b.ResolutionMs == 0).SelectMany(static b => b.SourceBlocks).ShouldAllBe(source => have.Contains(source));
            }
        },
        iter: 300);

    [Theory]
    [InlineData("7m:40h", "divide a day")]
    [InlineData("1h:40h,5m:40h", "follow a finer one")]
    [InlineData("5m:1m", "less than an hour")]
    [InlineData("500ms:40h", "of a second or more")]
    public void FaultOf_TiersThatCannotBe_SaysWhy(string text, string why) =>
        DownsamplerOptions.FaultOf(DownsampleTierText.TryParse(text, out IReadOnlyList<DownsampleTier>? tiers) ? tiers : []).ShouldNotBeNull().ShouldContain(why);

    [Fact]
    public void Tiers_Text_RoundTrips()
    {
        DownsampleTierText.Format(DownsamplerOptions.DefaultTiers).ShouldBe("5m:1d16h,1h:10d");
        DownsampleTierText.TryParse("5m:1d16h,1h:10d", out IReadOnlyList<DownsampleTier>? tiers).ShouldBeTrue();
        tiers.ShouldBe(DownsamplerOptions.DefaultTiers);
        DownsampleTierText.TryParse("", out tiers).ShouldBeTrue();
        tiers.ShouldBeEmpty();
        DownsampleTierText.TryParse("5m", out _).ShouldBeFalse();
        DownsampleTierText.TryParse("5m:x", out _).ShouldBeFalse();
    }

    private static List<DownsampleJob> Plan(IEnumerable<BlockMeta> blocks, int nowHours) => [.. DownsamplePlanner.Plan(blocks, nowHours * HourMs, Options)];

    private static int[] Inputs(DownsampleJob job) => [.. job.Inputs.Select(static input => (int)Enumerable.Range(1, 1000).First(n => Id(n) == input.Block.Id))];

    private static BlockMeta Made(DownsampleJob job, int number) => Block(number, 0, 0) with
    {
        Range = job.Range,
        MinTime = job.Inputs.Min(static input => input.Block.MinTime),
        MaxTime = Math.Min(job.Range.End - 1, job.Inputs.Max(static input => input.Block.MaxTime)),
        ResolutionMs = job.ResolutionMs,
        Level = job.OptionsOf(Id(number)).Level,
        Sources = job.OptionsOf(Id(number)).Sources,
    };

    private static BlockMeta Joined(int number, BlockMeta[] inputs, BlockRange range) => Block(number, 0, 0) with
    {
        Range = range,
        MinTime = inputs.Min(static b => b.MinTime),
        MaxTime = inputs.Max(static b => b.MaxTime),
        Level = 1 + inputs.Max(static b => b.Level),
        Sources = [.. inputs.SelectMany(static b => b.SourceBlocks).Distinct().Select(static id => id.ToString())],
    };
}
