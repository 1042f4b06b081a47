using CsCheck;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Merging;

public sealed class MergePolicyTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void Plan_FewerThanFanIn_IsNull()
    {
        var policy = new MergePolicy(new() { FanIn = 4 });

        policy.Plan([Part(1), Part(2), Part(3)]).ShouldBeNull();
        policy.Plan([Part(1), Part(2), Part(3), Part(4, level: 1)]).ShouldBeNull("the last one is of another level");
        policy.Plan([Part(1, level: 1), Part(2, level: 1), Part(3, level: 1), Part(4, level: 1, time: 3 * Hour)]).ShouldBeNull("the last one is of another range");
    }

    [Fact]
    public void Plan_FanInOfOneLevel_MergesThemIntoTheNext()
    {
        var policy = new MergePolicy(new() { FanIn = 3 });

        MergePlan plan = policy.Plan([Part(1), Part(2, time: 9 * Hour), Part(3, time: -9 * Hour), Part(4, level: 1)]).ShouldNotBeNull();

        plan.Inputs.Select(p => p.Id.Value).ShouldBe([1UL, 2UL, 3UL]);
        plan.Level.ShouldBe(1);
    }

    [Fact]
    public void Plan_NewerRange_ComesFirst()
    {
        var policy = new MergePolicy(new() { FanIn = 2 });
        PartInfo[] parts = [Part(1, level: 1), Part(2, level: 1), Part(3, level: 1, time: 4 * Hour), Part(4, level: 1, time: 5 * Hour)];

        policy.Plan(parts).ShouldNotBeNull().Inputs.Select(p => p.Id.Value).ShouldBe([3UL, 4UL]);
    }

    [Fact]
    public void Plan_MergedPartInTwoRanges_CountsAsFresh()
    {
        var policy = new MergePolicy(new() { FanIn = 2 });
        PartInfo wide = Part(1, level: 3) with { MaxTime = 2 * Hour };

        policy.IsFresh(wide).ShouldBeTrue();
        MergePlan plan = policy.Plan([wide, Part(2)]).ShouldNotBeNull();
        plan.Inputs.Count.ShouldBe(2);
        plan.Level.ShouldBe(1);
    }

    [Fact]
    public void Plan_LastLevel_IsLeftAlone()
    {
        var policy = new MergePolicy(new() { FanIn = 2, MaxLevel = 3 });

        policy.Plan(Enumerable.Range(1, 50).Select(i => Part((ulong)i, level: 3))).ShouldBeNull();
    }

    [Fact]
    public void PlanSplit_ManyParts_TakesAllOnceWithinTheLimits()
    {
        var policy = new MergePolicy(new() { FanIn = 2, MaxFanIn = 3, MaxPartBytes = 250 });

        policy.PlanSplit([Part(1), Part(2), Part(3), Part(4, size: 10), Part(5, size: 10), Part(6, size: 10), Part(7, size: 10)])
            .Select(p => string.Join(",", p.Inputs.Select(i => i.Id.Value))).ShouldBe(["1,2", "3,4,5", "6,7"]);
        policy.PlanSplit([]).ShouldBeEmpty();
    }

    [Fact]
    public void PlanFull_SplitParts_MergesEachRange()
    {
        var policy = new MergePolicy(new());
        PartInfo[] parts = [Part(1, level: 1), Part(2, level: 1, time: 5 * Hour), Part(3, level: 3, time: 4 * Hour), Part(4)];

        policy.PlanFull(parts).ShouldHaveSingleItem().Inputs.Select(p => p.Id.Value).ShouldBe([3UL, 2UL]);
        policy.PlanFull([Part(1, level: 1), Part(2)]).ShouldBeEmpty();
        policy.PlanFull([]).ShouldBeEmpty();
    }

    [Fact]
    public void PlanFull_SizeLimit_SplitsByTime()
    {
        var policy = new MergePolicy(new() { MaxPartBytes = 250 });

        policy.PlanFull(Enumerable.Range(0, 5).Select(i => Part((ulong)i + 1, level: 1, time: 5 - i)))
            .Select(p => string.Join(",", p.Inputs.Select(i => i.Id.Value))).ShouldBe(["5,4", "3,2"]);
    }

    [Fact]
    public void TimeRanges_AnyTime_LiesBetweenTheBoundsOfItsRange()
    {
        var hours = new TimeRanges(2 * Hour);
        hours.NumberOf(-1).ShouldBe(-1);
        hours.NumberOf(-2 * Hour).ShouldBe(-1);
        hours.NumberOf((-2 * Hour) - 1).ShouldBe(-2);
        hours.NumberOf(0).ShouldBe(0);
        hours.NumberOf(2 * Hour).ShouldBe(1);
        Gen.Select(Gen.Long, Gen.Long[1, 1L << 40]).Sample((time, width) =>
        {
            var ranges = new TimeRanges(width);
            long range = ranges.NumberOf(time);
            ranges.FirstOf(range).ShouldBeLessThanOrEqualTo(time);
            ranges.LastOf(range).ShouldBeGreaterThanOrEqualTo(time);
            ranges.NumberOf(ranges.FirstOf(range)).ShouldBe(range);
            ranges.NumberOf(ranges.LastOf(range)).ShouldBe(range);
        });
    }

    [Fact]
    public void Plan_AnyFlushes_KeepsRewritesSizesAndPartCountsBounded()
    {
        Gen.Select(Gen.Int, Gen.Int[2, 9], Gen.Int[1, 700], Gen.Int[0, 2], Gen.Bool).Sample(
            (seed, fanIn, flushes, sizeClass, late) =>
            {
                var random = new Random(seed);
                var options = new MergePolicyOptions
                {
                    FanIn = fanIn,
                    MaxFanIn = fanIn * 3,
                    MaxPartBytes = sizeClass switch { 0 => 1L << 40, 1 => 20_000, _ => 3_000 },
                };
                Simulate(options, random, flushes, late);
            },
            iter: 150);
    }

    /// <param name="options">Policy under test.</param>
    /// <param name="random">Chooses sizes and when merges run.</param>
    /// <param name="flushes">How many.</param>
    /// <param name="late">True when some flushes have late rows of the range before.</param>
    private static void Simulate(MergePolicyOptions options, Random random, int flushes, bool late)
    {
        var policy = new MergePolicy(options);
        var live = new Dictionary<ulong, (PartInfo Part, int Rewrites)>();
        ulong next = 1;
        long[] bytes = new long[2]; // of flushes with rows of the range
        int[] counts = new int[2];
        double shrink = 0.2 + (random.NextDouble() * 0.8);
        for (int flush = 0; flush < flushes; flush++)
        {
            long size = random.Next(100, 1000);
            bool reachesBack = late && random.Next(3) == 0;
            PartInfo part = Part(next, size: size, time: (2 * Hour) + random.Next(1000));
            live.Add(next++, (reachesBack ? part with { MinTime = random.Next(1000) } : part, 0));
            for (int range = reachesBack ? 0 : 1; range < 2; range++)
            {
                bytes[range] += size;
                counts[range]++;
            }

            if (random.Next(5) > 0)
            {
                continue; // merges lag behind now and then
            }

            MergeAll();
            int levels = options.MaxLevel;
            live.Values.Count(v => policy.IsFresh(v.Part)).ShouldBeLessThan(options.FanIn);
            for (int range = 0; range < 2; range++)
            {
                // Every flush has rows of the newer range, so that a merge of fresh parts joins FanIn of them.
                double bound = ((levels - 1) * (options.FanIn - 1)) + (counts[range] / Math.Pow(options.FanIn, range == 1 ? levels : levels - 1))
                    + (2 * (levels + 1) * ((bytes[range] / (double)options.MaxPartBytes) + 1));
                ((double)live.Values.Count(v => !policy.IsFresh(v.Part) && policy.Ranges.NumberOf(v.Part.MinTime) == range)).ShouldBeLessThanOrEqualTo(bound);
            }
        }

        void MergeAll()
        {
            while (policy.Plan(live.Values.Select(v => v.Part)) is { } plan)
            {
                plan.Inputs.Count.ShouldBeInRange(2, options.MaxFanIn);
                plan.SizeBytes.ShouldBeLessThanOrEqualTo(options.MaxPartBytes);
                int rewrites = plan.Inputs.Max(p => live[p.Id.Value].Rewrites) + 1;
                rewrites.ShouldBeLessThanOrEqualTo(3);
                foreach (PartInfo input in plan.Inputs)
                {
                    live.Remove(input.Id.Value).ShouldBeTrue();
                }

                long size = Math.Max(1, (long)(plan.SizeBytes * shrink));
                long[] ranges = [.. plan.Inputs.SelectMany(p => new[] { policy.Ranges.NumberOf(p.MinTime), policy.Ranges.NumberOf(p.MaxTime) }).Distinct()];
                foreach (long range in ranges)
                {
                    live.Add(next, (Part(next, plan.Level, Math.Max(1, size / ranges.Length), range * 2 * Hour), rewrites));
                    next++;
                }
            }
        }
    }

    private static PartInfo Part(ulong id, int level = 0, long size = 100, long time = 0) => new(new(id), level, time, time, 10, 0, size, 1);
}
