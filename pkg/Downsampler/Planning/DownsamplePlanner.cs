using RemoteStore.Blocks.Format;
using RemoteStore.Limits;
using RemoteStore.Model;

namespace RemoteStore.Downsampler.Planning;

/// <summary>
/// Decides which downsampled blocks to make: for each stretch of whole days that blocks lie in, one of each resolution whose age it has reached, unless there are some
/// that hold all of its sources. A pure function of what is there.
/// </summary>
/// <remarks>
/// A stretch is made anew as a whole when a further block comes for it, so that windows are never patched. Coarse windows are made of finer ones where these are up to
/// date, of samples otherwise; and where samples are gone, past their retention, of what was made of them.
/// </remarks>
public static class DownsamplePlanner
{
    private const long DayMs = 86_400_000;

    /// <summary>The blocks to make, finer ones and older times first.</summary>
    /// <param name="blocks">Blocks of one tenant that answers rest on, in any order.</param>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    /// <param name="options">Tiers and times.</param>
    /// <param name="retention">Which of the tiers the tenant has, and how long each is kept; null = all of them, for ever.</param>
    public static IEnumerable<DownsampleJob> Plan(IEnumerable<BlockMeta> blocks, long nowMs, DownsamplerOptions options, TenantRetention? retention = null)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(options);
        List<BlockMeta> live = WithoutSuperseded([.. blocks.Where(static block => !block.IsEmpty)]);
        DownsampleTier[] tiers = [.. options.Tiers.Where(tier => retention is null || retention.Made.Contains(tier.ResolutionMs))];
        foreach (DownsampleTier tier in tiers)
        {
            long finer = tiers.Select(static other => other.ResolutionMs)
                .Where(resolution => resolution < tier.ResolutionMs && tier.ResolutionMs % resolution == 0).DefaultIfEmpty(-1).Max();
            long floor = retention?.FloorMs(tier.ResolutionMs, nowMs) ?? long.MinValue;
            IEnumerable<BlockMeta> concerned = live.Where(
                block => block.MaxTime >= floor // else windows of it would be removed at once, and made again
                    && (block.ResolutionMs == 0 || block.ResolutionMs == finer || block.ResolutionMs == tier.ResolutionMs));
            foreach (Stretch stretch in Stretch.Of(concerned, finer, tier.ResolutionMs))
            {
                if (!stretch.IsUpToDate && IsDue(stretch, tier, nowMs, options))
                {
                    yield return new DownsampleJob(tier.ResolutionMs, stretch.Range, InputsOf(stretch), [.. stretch.Needed.Union(stretch.Have).Order()]);
                }
            }
        }
    }

    private static bool IsDue(Stretch stretch, DownsampleTier tier, long nowMs, DownsamplerOptions options)
    {
        Int128 age = (Int128)nowMs - stretch.Range.End - (long)tier.Age.TotalMilliseconds;
        bool isCompacted = stretch.Raw.GroupBy(static block => BlockRange.Containing(block.MinTime, DayMs)).All(static day => day.Count() == 1);
        return age >= (isCompacted ? 0 : (long)options.CompactionGrace.TotalMilliseconds);
    }

    private static List<DownsampleInput> InputsOf(Stretch stretch)
    {
        HashSet<BlockId> raw = Stretch.SourcesOf(stretch.Raw);
        if (stretch.Finer.Count > 0 && stretch.Needed.IsSubsetOf(Stretch.SourcesOf(stretch.Finer)) && AreDisjoint(stretch.Finer))
        {
            return [.. stretch.Finer.Select(static block => Whole(block))];
        }

        if (stretch.Needed.IsSubsetOf(raw) && stretch.Have.IsSubsetOf(raw))
        {
            return [.. stretch.Raw.Select(static block => Whole(block))];
        }

        // Samples are removed oldest first: before those that are left, windows stand for them.
        long from = stretch.Raw.Count == 0 ? long.MaxValue : stretch.Raw.Min(static block => block.Range.Start);
        List<BlockMeta> older = [.. stretch.Finer.Where(block => block.MinTime < from)];
        older = older.Count > 0 ? older : [.. stretch.Own.Where(block => block.MinTime < from)];
        return [.. older.Select(block => Whole(block, from)), .. stretch.Raw.Select(static block => Whole(block))];
    }

    private static DownsampleInput Whole(BlockMeta block, long before = long.MaxValue) =>
        new(block, new QueryRange(block.Range.Start, Math.Min(block.Range.End, before) - 1));

    private static bool AreDisjoint(IReadOnlyList<BlockMeta> blocks)
    {
        for (int i = 1; i < blocks.Count; i++)
        {
            if (blocks[i].MinTime <= blocks[i - 1].MaxTime)
            {
                return false;
            }
        }

        return true;
    }

    private static List<BlockMeta> WithoutSuperseded(List<BlockMeta> blocks) =>
        [.. blocks.Where(block => !blocks.Exists(other => other.Range.Contains(block.MinTime) && other.Supersedes(block)))];
}
