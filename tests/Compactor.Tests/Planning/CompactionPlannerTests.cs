using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Compactor.Planning;
using RemoteStore.Model;
using Shouldly;
using Xunit;

namespace RemoteStore.Compactor.Tests.Planning;

public sealed class CompactionPlannerTests
{
    private const long HourMs = 3_600_000;
    private const long StartMs = 2000 * 216 * HourMs; // aligned to the longest level

    private static readonly CompactionRules s_rules = CompactionRules.Default;

    [Fact]
    public void Plan_AnyBlocks_EndsAndLosesNothing() =>
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                List<BlockMeta> blocks = Blocks(random);
                long now = StartMs + (random.Next(1, 400) * HourMs);
                HashSet<(long, BlockId)> before = SourcesOf(blocks);
                int jobs = 0;
                while (CompactionPlanner.Plan(blocks, now, static _ => s_rules) is { } job)
                {
                    Check(job, blocks, now);
                    Shuffled(random, blocks, now).ShouldBe(Describe(job), "the order of blocks is of no meaning");
                    Apply(job, blocks, now, jobs++);
                    jobs.ShouldBeLessThan(1000);
                }

                SourcesOf(blocks).ShouldBe(before, ignoreOrder: true);
            },
            iter: 300);

    [Fact]
    public void Plan_TwelveBlocksOfADay_BecomeOne()
    {
        BlockMeta[] blocks = [.. Enumerable.Range(0, 12).Select(i => Block(i, StartMs + (i * 2 * HourMs), 2 * HourMs))];
        long end = StartMs + (24 * HourMs);

        CompactionJob early = CompactionPlanner.Plan(blocks, end, static _ => s_rules).ShouldNotBeNull();
        early.Range.ShouldBe(new BlockRange(StartMs, StartMs + (12 * HourMs)), "the second half is not over for long enough");
        CompactionJob late = CompactionPlanner.Plan(blocks, end + (3 * HourMs), static _ => s_rules).ShouldNotBeNull();
        late.Inputs.Count.ShouldBe(12);
        late.Range.ShouldBe(new BlockRange(StartMs, end));
    }

    [Fact]
    public void Plan_RangeNotOver_IsLeftAlone() =>
        CompactionPlanner.Plan(
            [Block(1, StartMs, 2 * HourMs), Block(2, StartMs + (2 * HourMs), 2 * HourMs)], StartMs + (14 * HourMs), static _ => s_rules).ShouldBeNull();

    [Fact]
    public void Plan_LateBlock_WaitsForMoreThenJoinsTheOneItOverlaps()
    {
        BlockMeta day = Block(1, StartMs, 24 * HourMs, size: 1 << 30);
        long created = StartMs + (40 * HourMs);
        BlockMeta late = Block(2, StartMs + HourMs, HourMs) with { Id = IdAt(created, 2) };

        CompactionPlanner.Plan([day, late], created + (HourMs / 2), static _ => s_rules).ShouldBeNull();
        CompactionJob job = CompactionPlanner.Plan([day, late], created + HourMs, static _ => s_rules).ShouldNotBeNull();
        job.Kind.ShouldBe(CompactionKind.Overlap);
        job.Range.ShouldBe(new BlockRange(StartMs, StartMs + (24 * HourMs)));
    }

    [Fact]
    public void Plan_DownsampledBlocksThatOverlap_AreNotJoined()
    {
        BlockMeta[] blocks =
        [
            Block(1, StartMs, 24 * HourMs) with { ResolutionMs = 300_000 },
            Block(2, StartMs + HourMs, HourMs) with { ResolutionMs = 300_000 },
        ];

        CompactionPlanner.Plan(blocks, StartMs + (1000 * HourMs), static _ => s_rules).ShouldBeNull();
    }

    [Fact]
    public void Plan_LargeBlocks_StayAtADay()
    {
        BlockMeta[] small = [.. Enumerable.Range(0, 3).Select(i => Block(i, StartMs + (i * 24 * HourMs), 24 * HourMs, size: 1 << 20))];
        BlockMeta[] large = [.. small.Select(static block => Sized(block, 40 << 20))];
        long now = StartMs + (1000 * HourMs);

        CompactionPlanner.Plan(small, now, static _ => s_rules).ShouldNotBeNull().Range.Length.ShouldBe((ulong)(216 * HourMs));
        CompactionPlanner.Plan(large, now, static _ => s_rules).ShouldBeNull();
    }

    [Fact]
    public void Within_ShortRetention_MakesNoLongBlocks()
    {
        s_rules.Within(TimeSpan.Zero).ShouldBe(s_rules);
        s_rules.Within(TimeSpan.FromDays(2)).Levels.Select(static level => level.LengthMs).ShouldBe([2 * HourMs, 12 * HourMs]);
        s_rules.Within(TimeSpan.FromHours(1)).Levels.Count.ShouldBe(1);
    }

    [Fact]
    public void Validate_LevelsThatDoNotDivide_AreRefused() =>
        Should.Throw<ArgumentException>(() => (s_rules with { Levels = [new(2 * HourMs, 1), new(5 * HourMs, 1)] }).Validate());

    [Fact]
    public void Find_Superseded_GivesTheOneThatHoldsMost()
    {
        BlockMeta a = Block(1, StartMs, 2 * HourMs);
        BlockMeta b = Block(2, StartMs + (2 * HourMs), 2 * HourMs);
        BlockMeta ab = Join(IdAt(StartMs, 10), [a, b], new(StartMs, StartMs + (12 * HourMs)));
        BlockMeta again = ab with { Id = IdAt(StartMs, 11) };
        BlockMeta alone = Block(3, StartMs, 2 * HourMs);

        IReadOnlyDictionary<BlockId, BlockMeta> found = Supersession.Find([a, b, ab, again, alone]);

        found.Keys.ShouldBe([a.Id, b.Id, ab.Id], ignoreOrder: true);
        found.Values.ShouldAllBe(by => by.Id == again.Id);
    }

    private static void Check(CompactionJob job, List<BlockMeta> blocks, long now)
    {
        job.Inputs.Count.ShouldBeInRange(2, s_rules.MaxInputs);
        job.Inputs.Distinct().Count().ShouldBe(job.Inputs.Count);
        job.Inputs.ShouldAllBe(input => blocks.Contains(input));
        job.Inputs.Select(static input => (input.Tenant, input.ResolutionMs)).Distinct().Count().ShouldBe(1);
        job.Inputs.ShouldAllBe(input => job.Range.Contains(input.MinTime) && job.Range.Contains(input.MaxTime));
        if (job.Kind == CompactionKind.Range)
        {
            job.Range.End.ShouldBeLessThanOrEqualTo(now - (long)s_rules.Settle.TotalMilliseconds);
        }

        if (job.Inputs[0].ResolutionMs > 0)
        {
            job.Inputs.Zip(job.Inputs.Skip(1)).ShouldAllBe(static pair => pair.First.MaxTime < pair.Second.MinTime);
        }
    }

    private static string Shuffled(Random random, List<BlockMeta> blocks, long now)
    {
        BlockMeta[] shuffled = [.. blocks];
        random.Shuffle(shuffled);
        return Describe(CompactionPlanner.Plan(shuffled, now, static _ => s_rules)!);
    }

    private static string Describe(CompactionJob job) => $"{job.Kind} {job.Range} {string.Join(',', job.Inputs.Select(static input => input.Id))}";

    private static void Apply(CompactionJob job, List<BlockMeta> blocks, long now, int number)
    {
        _ = blocks.RemoveAll(job.Inputs.Contains);
        blocks.Add(Join(IdAt(now - (2 * HourMs), 100_000 + number), job.Inputs, job.Range));
    }

    private static BlockMeta Join(BlockId id, IReadOnlyList<BlockMeta> inputs, BlockRange range) => Sized(
        inputs[0] with
        {
            Id = id,
            Range = range,
            MinTime = inputs.Min(static input => input.MinTime),
            MaxTime = inputs.Max(static input => input.MaxTime),
            Level = 1 + inputs.Max(static input => input.Level),
            Sources = [.. inputs.SelectMany(static input => input.SourceBlocks).Distinct().Select(static source => source.ToString())],
        },
        inputs.Sum(static input => input.SizeBytes));

    private static HashSet<(long, BlockId)> SourcesOf(List<BlockMeta> blocks) =>
        [.. blocks.SelectMany(static block => block.SourceBlocks.Select(source => (block.ResolutionMs, source)))];

    /// <summary>Blocks cut in the usual way, late ones, imported ones of odd ranges, downsampled ones; of all sizes.</summary>
    private static List<BlockMeta> Blocks(Random random)
    {
        var blocks = new List<BlockMeta>();
        int count = random.Next(0, 60);
        for (int i = 0; i < count; i++)
        {
            long start = StartMs + (random.Next(120) * 2 * HourMs);
            long length = random.Next(10) switch { 0 => random.NextInt64(1, 100 * HourMs), < 4 => random.NextInt64(1, 2 * HourMs), _ => 2 * HourMs };
            start += length < 2 * HourMs ? random.NextInt64(0, (2 * HourMs) - length + 1) : 0;
            BlockMeta block = Block(i, start, length, 1L << random.Next(10, 34)) with { Id = IdAt(start + random.NextInt64(0, 300 * HourMs), i) };
            bool coarse = random.Next(4) == 0;
            blocks.Add(coarse ? block with { ResolutionMs = 300_000, Sources = [block.Id.ToString()] } : block);
        }

        return blocks;
    }

    private static BlockMeta Block(int number, long start, long length, long size = 1 << 20) => Sized(
        new BlockMeta
        {
            Id = IdAt(start + length, number),
            Tenant = TenantId.Anonymous,
            Range = new(start, start + length),
            MinTime = start,
            MaxTime = start + length - 1,
            Sources = ["00000001"],
            Stats = new BlockStats { Series = 1, FloatSamples = 1 },
            Files = [],
        },
        size);

    private static BlockMeta Sized(BlockMeta block, long size) => block with { Files = [new(BlockFile.Index, 0, 1), new(BlockFile.Chunks, size, 1)] };

    private static BlockId IdAt(long createdMs, int number) => new((ulong)createdMs << 16, (ulong)number);
}
