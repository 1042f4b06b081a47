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
        policy.Plan([Part(1), Part(2), Part(3), Part(4, time: 3 * Hour)]).ShouldBeNull("the last one is of another range");
        policy.Plan([Part(1), Part(2), Part(3), Part(4, level: 1)]).ShouldBeNull("the last one is of another level");
    }

    [Fact]
    public void Plan_FanInOfOneLevel_MergesThemIntoTheNext()
    {
        var policy = new MergePolicy(new() { FanIn = 3 });

        MergePlan plan = policy.Plan([Part(1), Part(2), Part(3), Part(4, level: 1)]).ShouldNotBeNull();

        plan.Inputs.Select(p => p.Id.Value).ShouldBe([1UL, 2UL, 3UL]);
        plan.Level.ShouldBe(1);
    }

    [Fact]
    public void Plan_LastLevel_IsLeftAlone()
    {
        var policy = new MergePolicy(new() { FanIn = 2, MaxLevel = 3 });

        policy.Plan(Enumerable.Range(1, 50).Select(i => Part((ulong)i, level: 3))).ShouldBeNull();
    }

    [Fact]
    public void Plan_ClosedRange_MergesTheRestOnce()
    {
        var policy = new MergePolicy(new());
        PartInfo[] rest = [Part(1), Part(2, level: 1), Part(3, level: 2)];

        policy.Plan(rest, closedBefore: 2 * Hour - 1).ShouldBeNull();
        MergePlan plan = policy.Plan(rest, closedBefore: 2 * Hour).ShouldNotBeNull();
        plan.Level.ShouldBe(3);
        plan.Inputs.Count.ShouldBe(3);
        policy.Plan([Part(4, level: 3), Part(5), Part(6)], closedBefore: 2 * Hour).ShouldBeNull("late data gathers");
    }

    [Fact]
    public void PlanFull_AcrossRanges_IsOneMerge()
    {
        var policy = new MergePolicy(new());
        PartInfo[] parts = [Part(1), Part(2, time: 5 * Hour), Part(3, level: 3, time: 9 * Hour)];

        policy.PlanFull(parts, acrossRanges: true).ShouldHaveSingleItem().Inputs.Count.ShouldBe(3);
        IReadOnlyList<MergePlan> perRange = policy.PlanFull(parts, acrossRanges: false);
        perRange.Select(p => p.Inputs.Single().Id.Value).ShouldBe([1UL, 2UL]);
        policy.PlanFull([Part(1, level: 1)], acrossRanges: true).ShouldBeEmpty();
        policy.PlanFull([], acrossRanges: true).ShouldBeEmpty();
    }

    [Fact]
    public void PlanFull_SizeLimit_SplitsByTime()
    {
        var policy = new MergePolicy(new() { MaxPartBytes = 250 });

        policy.PlanFull(Enumerable.Range(0, 5).Select(i => Part((ulong)i + 1, time: 5 - i)), acrossRanges: true)
            .Select(p => string.Join(",", p.Inputs.Select(i => i.Id.Value))).ShouldBe(["5,4", "3,2", "1"]);
    }

    [Fact]
    public void RangeOf_NegativeTimes_RoundsDown()
    {
        var policy = new MergePolicy(new());

        policy.RangeOf(Part(1, time: -1)).ShouldBe(-1);
        policy.RangeOf(Part(1, time: -2 * Hour)).ShouldBe(-1);
        policy.RangeOf(Part(1, time: -2 * Hour - 1)).ShouldBe(-2);
        policy.RangeOf(Part(1, time: 0)).ShouldBe(0);
        policy.RangeOf(Part(1, time: 2 * Hour)).ShouldBe(1);
    }

    [Fact]
    public void Plan_AnyFlushes_KeepsRewritesSizesAndPartCountsBounded()
    {
        Gen.Select(Gen.Int, Gen.Int[2, 9], Gen.Int[1, 700], Gen.Int[0, 2], Gen.Bool).Sample(
            (seed, fanIn, flushes, sizeClass, closes) =>
            {
                var random = new Random(seed);
                var options = new MergePolicyOptions
                {
                    FanIn = fanIn,
                    MaxFanIn = fanIn * 3,
                    MaxPartBytes = sizeClass switch { 0 => 1L << 40, 1 => 20_000, _ => 3_000 },
                };
                Simulate(options, random, flushes, closes);
            },
            iter: 150);
    }

    private static void Simulate(MergePolicyOptions options, Random random, int flushes, bool closes)
    {
        var policy = new MergePolicy(options);
        var live = new Dictionary<ulong, (PartInfo Part, int Rewrites)>();
        ulong next = 1;
        long bytes = 0;
        double shrink = 0.2 + random.NextDouble() * 0.8;
        for (int flush = 0; flush < flushes; flush++)
        {
            long size = random.Next(100, 1000);
            bytes += size;
            live.Add(next, (Part(next, size: size, time: random.Next(1000)), 0));
            next++;
            if (random.Next(5) > 0)
            {
                continue; // merges lag behind now and then
            }

            MergeAll(closedBefore: closes && random.Next(10) == 0 ? 4 * Hour : long.MinValue);
            int levels = options.MaxLevel;
            double bound = levels * (options.FanIn - 1) + (flush + 1) / Math.Pow(options.FanIn, levels)
                + 2 * (levels + 1) * (bytes / (double)options.MaxPartBytes + 1) + 1;
            ((double)live.Count).ShouldBeLessThanOrEqualTo(bound);
        }

        void MergeAll(long closedBefore)
        {
            while (policy.Plan(live.Values.Select(v => v.Part), closedBefore) is { } plan)
            {
                plan.Inputs.Count.ShouldBeInRange(2, options.MaxFanIn);
                plan.SizeBytes.ShouldBeLessThanOrEqualTo(options.MaxPartBytes);
                int rewrites = plan.Inputs.Max(p => live[p.Id.Value].Rewrites) + 1;
                rewrites.ShouldBeLessThanOrEqualTo(3);
                foreach (PartInfo input in plan.Inputs)
                {
                    live.Remove(input.Id.Value).ShouldBeTrue();
                }

                live.Add(next, (Part(next, plan.Level, Math.Max(1, (long)(plan.SizeBytes * shrink)), plan.Inputs.Max(p => p.MaxTime)), rewrites));
                next++;
            }
        }
    }

    private static PartInfo Part(ulong id, int level = 0, long size = 100, long time = 0) => new(new(id), level, time, time, 10, 0, size, 1);
}
