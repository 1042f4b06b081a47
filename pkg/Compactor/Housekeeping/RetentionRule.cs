using RemoteStore.Blocks.Format;
using RemoteStore.Limits;

namespace RemoteStore.Compactor.Housekeeping;

/// <summary>Which blocks are past their retention. A pure function.</summary>
internal static class RetentionRule
{
    /// <summary>Samples of a resolution before this time are not wanted any more; the least possible time when they are kept for ever.</summary>
    public static long FloorMs(TenantRetention retention, long resolutionMs, long nowMs)
    {
        TimeSpan kept = retention.Of(resolutionMs);
        return kept <= TimeSpan.Zero ? long.MinValue : nowMs - (long)kept.TotalMilliseconds;
    }

    /// <summary>Blocks that hold nothing that is wanted any more.</summary>
    /// <param name="blocks">Blocks of a tenant.</param>
    /// <param name="retention">How long the tenant's samples are kept.</param>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    /// <param name="rawNeedsSummary">
    /// True to keep raw blocks, however old, until downsampled blocks hold all of their sources: a downsampler that is behind loses nothing.
    /// </param>
    public static IEnumerable<BlockMeta> Expired(IReadOnlyCollection<BlockMeta> blocks, TenantRetention retention, long nowMs, bool rawNeedsSummary)
    {
        HashSet<BlockId> summarised = rawNeedsSummary ? [.. blocks.Where(static block => block.ResolutionMs > 0).SelectMany(static block => block.SourceBlocks)] : [];
        return blocks.Where(block => block.MaxTime < FloorMs(retention, block.ResolutionMs, nowMs)
            && (!rawNeedsSummary || block.ResolutionMs > 0 || block.SourceBlocks.All(summarised.Contains)));
    }
}
