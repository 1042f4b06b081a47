using RemoteStore.Blocks.Format;

namespace RemoteStore.Compactor.Planning;

/// <summary>
/// Decides which blocks to join next. A pure function of what is there: asked again after each job it ends, because every job leaves fewer blocks, and it
/// never undoes anything.
/// </summary>
public static class CompactionPlanner
{
    /// <summary>The next job; null when nothing is to be done.</summary>
    /// <param name="blocks">Blocks of one tenant that answers rest on, in any order, none of them superseded by another (<see cref="Supersession"/>).</param>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    /// <param name="rules">Rules of a resolution.</param>
    /// <remarks>
    /// Overlapping raw blocks come first. Downsampled blocks are never joined when their samples overlap in time: their windows are summaries, which only
    /// readers can combine. Resolutions are never mixed, and a range that is not over for a while is left alone.
    /// </remarks>
    public static CompactionJob? Plan(IEnumerable<BlockMeta> blocks, long nowMs, Func<long, CompactionRules> rules)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(rules);
        foreach (IGrouping<long, BlockMeta> resolution in blocks.Where(static block => !block.IsEmpty).GroupBy(static block => block.ResolutionMs)
            .OrderBy(static group => group.Key))
        {
            BlockMeta[] sorted = [.. resolution.OrderBy(static block => block.MinTime).ThenBy(static block => block.Id)];
            CompactionRules applied = rules(resolution.Key);
            if (PlanOverlap(sorted, nowMs, applied) is { } overlap)
            {
                return overlap;
            }

            if (PlanRanges(sorted, applied.Levels.Count - 1, nowMs, applied) is { } range)
            {
                return range;
            }
        }

        return null;
    }

    private static CompactionJob? PlanOverlap(BlockMeta[] sorted, long nowMs, CompactionRules rules)
    {
        if (sorted[0].ResolutionMs > 0)
        {
            return null;
        }

        for (int start = 0; start < sorted.Length;)
        {
            int end = start + 1;
            long newest = sorted[start].MaxTime;
            for (; end < sorted.Length && sorted[end].MinTime <= newest; end++)
            {
                newest = Math.Max(newest, sorted[end].MaxTime);
            }

            BlockMeta[] inputs = sorted[start..Math.Min(end, start + rules.MaxInputs)]; // a beginning of the chain overlaps, too
            if (inputs.Length > 1 && HaveGathered(inputs, nowMs, rules))
            {
                BlockRange range = RangeOf(inputs, rules);
                if (SizeOf(inputs) <= MaxBytesOf(range, rules))
                {
                    return new CompactionJob(CompactionKind.Overlap, inputs, range);
                }
            }

            start = end;
        }

        return null;
    }

    /// <summary>Looks through the aligned ranges of a level, oldest first; within one that cannot be joined as a whole, through those of the level below.</summary>
    private static CompactionJob? PlanRanges(BlockMeta[] sorted, int level, long nowMs, CompactionRules rules)
    {
        if (level < 0)
        {
            return null;
        }

        long length = rules.Levels[level].LengthMs;
        foreach (IGrouping<BlockRange, BlockMeta> group in sorted.GroupBy(block => BlockRange.Containing(block.MinTime, length)).OrderBy(static g => g.Key.Start))
        {
            BlockMeta[] inside = [.. group.Where(block => group.Key.Contains(block.MaxTime))];
            if (inside.Length < 2)
            {
                continue;
            }

            BlockMeta[] inputs = inside[0].ResolutionMs > 0 ? WithoutOverlaps(inside) : inside;
            bool may = inputs.Length > 1 && nowMs - rules.Settle.TotalMilliseconds >= group.Key.End && SizeOf(inputs) <= rules.Levels[level].MaxBytes
                && HaveGathered(inputs, nowMs, rules);
            if (may && inputs.Length <= rules.MaxInputs)
            {
                return new CompactionJob(CompactionKind.Range, inputs, RangeFor(inputs, group.Key));
            }

            if (PlanRanges(inside, level - 1, nowMs, rules) is { } smaller)
            {
                return smaller;
            }

            if (may)
            {
                BlockMeta[] first = inputs[..rules.MaxInputs];
                return new CompactionJob(CompactionKind.Range, first, RangeFor(first, group.Key));
            }
        }

        return null;
    }

    /// <summary>True when all but the largest block have waited for others long enough.</summary>
    private static bool HaveGathered(BlockMeta[] inputs, long nowMs, CompactionRules rules)
    {
        BlockMeta largest = inputs.MaxBy(static block => block.SizeBytes)!;
        return inputs.Where(block => block.Id != largest.Id).Min(static block => block.Id.CreatedMs) <= nowMs - rules.Gather.TotalMilliseconds;
    }

    /// <summary>A choice of blocks that do not overlap, the largest first.</summary>
    private static BlockMeta[] WithoutOverlaps(BlockMeta[] blocks)
    {
        var chosen = new List<BlockMeta>();
        foreach (BlockMeta block in blocks.OrderByDescending(static block => block.SizeBytes).ThenBy(static block => block.Id))
        {
            if (!chosen.Exists(other => other.MinTime <= block.MaxTime && other.MaxTime >= block.MinTime))
            {
                chosen.Add(block);
            }
        }

        return [.. chosen.OrderBy(static block => block.MinTime)];
    }

    /// <summary>The smallest aligned range that holds all samples, else the ranges of the blocks put together.</summary>
    private static BlockRange RangeOf(BlockMeta[] inputs, CompactionRules rules)
    {
        long oldest = inputs.Min(static block => block.MinTime);
        long newest = inputs.Max(static block => block.MaxTime);
        foreach (CompactionLevel level in rules.Levels)
        {
            BlockRange aligned = BlockRange.Containing(oldest, level.LengthMs);
            if (aligned.Contains(newest))
            {
                return aligned;
            }
        }

        return new BlockRange(inputs.Min(static block => block.Range.Start), inputs.Max(static block => block.Range.End));
    }

    /// <summary>
    /// The aligned range; of downsampled blocks their ranges put together: a window ends behind the raw samples it sums up, and the range says which windows
    /// may be there.
    /// </summary>
    private static BlockRange RangeFor(BlockMeta[] inputs, BlockRange aligned) => inputs[0].ResolutionMs == 0
        ? aligned
        : new(Math.Min(aligned.Start, inputs.Min(static block => block.Range.Start)), Math.Max(aligned.End, inputs.Max(static block => block.Range.End)));

    private static long MaxBytesOf(BlockRange range, CompactionRules rules)
    {
        foreach (CompactionLevel level in rules.Levels)
        {
            if ((ulong)level.LengthMs >= range.Length)
            {
                return level.MaxBytes;
            }
        }

        return rules.Levels.Max(static level => level.MaxBytes);
    }

    private static long SizeOf(BlockMeta[] blocks) => blocks.Sum(static block => block.SizeBytes);
}
