using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;

namespace RemoteStore.StoreGateway.Catalog;

/// <summary>At which times queries may answer otherwise when one list of blocks takes the place of another.</summary>
/// <remarks>
/// Most lists change without that: a block of the local store was uploaded, blocks were joined into one with all of their samples, windows were made of samples
/// that are still there. An answer that takes windows for samples may then have been computed from the samples, which is no worse. What cannot be told from the
/// lists counts as a change.
/// </remarks>
internal static class BlockDifference
{
    /// <summary>Times at which answers may differ, ascending and disjoint.</summary>
    /// <param name="former">What was read so far.</param>
    /// <param name="now">What is read from now on.</param>
    /// <param name="local">Cut blocks that the local store has: queries know their samples.</param>
    public static IReadOnlyList<QueryRange> Between(TenantBlocks former, TenantBlocks now, IReadOnlySet<BlockId> local)
    {
        if (now.Index.DeletionJobs.Except(former.Index.DeletionJobs, StringComparer.Ordinal).Any())
        {
            return [QueryRange.All]; // series were deleted, here or by another process
        }

        HashSet<BlockId> before = [.. former.Blocks.Select(static block => block.Id)];
        HashSet<BlockId> after = [.. now.Blocks.Select(static block => block.Id)];
        List<GatewayBlock> added = [.. now.Blocks.Where(block => !before.Contains(block.Id))];
        List<GatewayBlock> removed = [.. former.Blocks.Where(block => !after.Contains(block.Id))];
        var changed = new List<QueryRange>();
        foreach (GatewayBlock block in added)
        {
            List<GatewayBlock> joined = [.. removed.Where(other => IsPartOf(other.Meta, block))];
            if (HasSamplesOf(joined, block))
            {
                _ = removed.RemoveAll(joined.Contains);
            }
            else if (!(IsRaw(block) ? block.Sources.All(local.Contains) : IsRawToo(block)))
            {
                changed.Add(TimesOf(block));
            }
        }

        // A local copy of a block that goes makes no difference: it may go, too.
        changed.AddRange(removed.Where(block => IsRaw(block) || !IsRawToo(block)).Select(TimesOf));
        changed.AddRange(former.Broken.Except(now.Broken).Concat(now.Broken.Except(former.Broken)).Select(static gap => gap.Range));
        return LocalHoldings.Join(changed, QueryRange.All);

        bool IsRawToo(GatewayBlock block) => block.Sources.All(source => former.HasSamples(source) && now.HasSamples(source));
    }

    private static bool IsRaw(GatewayBlock block) => block.Meta.ResolutionMs == 0;

    private static bool IsPartOf(BlockMeta part, GatewayBlock whole) =>
        part.ResolutionMs == whole.Meta.ResolutionMs && part.SourceBlocks.All(whole.Sources.Contains);

    /// <summary>True when a block has what the others had, neither more nor less. Of samples that two of them had it would have one, so that it counts as another.</summary>
    private static bool HasSamplesOf(List<GatewayBlock> parts, GatewayBlock whole) =>
        parts.Count > 0
        && parts.SelectMany(static part => part.Sources).ToHashSet().SetEquals(whole.Sources)
        && parts.Sum(static part => part.Meta.Stats.FloatSamples) == whole.Meta.Stats.FloatSamples
        && parts.Sum(static part => part.Meta.Stats.HistogramSamples) == whole.Meta.Stats.HistogramSamples;

    private static QueryRange TimesOf(GatewayBlock block) =>
        new(block.Meta.MinTime > long.MinValue + block.Meta.ResolutionMs ? block.Meta.MinTime - block.Meta.ResolutionMs : long.MinValue, block.Meta.MaxTime);
}
