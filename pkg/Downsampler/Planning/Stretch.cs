using RemoteStore.Blocks.Format;

namespace RemoteStore.Downsampler.Planning;

/// <summary>Whole days that blocks lie in, as many as blocks join together.</summary>
internal sealed class Stretch
{
    private const long DayMs = 86_400_000;

    private Stretch(BlockRange range, IReadOnlyCollection<BlockMeta> blocks, long finerMs, long ownMs)
    {
        Range = range;
        Raw = [.. blocks.Where(static block => block.ResolutionMs == 0).OrderBy(static block => block.MinTime)];
        Finer = [.. blocks.Where(block => block.ResolutionMs == finerMs).OrderBy(static block => block.MinTime)];
        Own = [.. blocks.Where(block => block.ResolutionMs == ownMs).OrderBy(static block => block.MinTime)];
        Needed = SourcesOf(Raw);
        Needed.UnionWith(SourcesOf(Finer));
        Have = SourcesOf(Own);
    }

    /// <summary>The days.</summary>
    public BlockRange Range { get; }

    /// <summary>Blocks of samples, by time.</summary>
    public IReadOnlyList<BlockMeta> Raw { get; }

    /// <summary>Blocks of the next finer resolution, by time.</summary>
    public IReadOnlyList<BlockMeta> Finer { get; }

    /// <summary>Blocks of the resolution in question, by time.</summary>
    public IReadOnlyList<BlockMeta> Own { get; }

    /// <summary>Cut blocks whose samples have to be in the resolution.</summary>
    public HashSet<BlockId> Needed { get; }

    /// <summary>Cut blocks whose samples are in it.</summary>
    public HashSet<BlockId> Have { get; }

    /// <summary>True when nothing is missing.</summary>
    public bool IsUpToDate => Needed.IsSubsetOf(Have);

    /// <summary>Cuts time into stretches, none of which shares a block with another; by time.</summary>
    public static IEnumerable<Stretch> Of(IEnumerable<BlockMeta> blocks, long finerMs, long ownMs)
    {
        var gathered = new List<BlockMeta>();
        var range = default(BlockRange);
        foreach (BlockMeta block in blocks.OrderBy(static block => block.Range.Start))
        {
            BlockRange days = DaysOf(block.Range);
            if (gathered.Count > 0 && days.Start >= range.End)
            {
                yield return new Stretch(range, gathered, finerMs, ownMs);
                gathered.Clear();
            }

            range = gathered.Count == 0 ? days : new BlockRange(range.Start, Math.Max(range.End, days.End));
            gathered.Add(block);
        }

        if (gathered.Count > 0)
        {
            yield return new Stretch(range, gathered, finerMs, ownMs);
        }
    }

    /// <summary>Cut blocks whose samples are in blocks.</summary>
    public static HashSet<BlockId> SourcesOf(IEnumerable<BlockMeta> blocks) => [.. blocks.SelectMany(static block => block.SourceBlocks)];

    private static BlockRange DaysOf(BlockRange range) =>
        new(BlockRange.Containing(range.Start, DayMs).Start, BlockRange.Containing(range.End - 1, DayMs).End);
}
