using RemoteStore.Blocks.Format;
using RemoteStore.Model;

namespace RemoteStore.Blocks.Local;

/// <summary>What a local view has of its tenant, so that the same samples need not be read from the bucket.</summary>
/// <param name="Blocks">
/// Cut blocks whose samples within the view's range the view has. A block in the bucket all of whose <see cref="BlockMeta.SourceBlocks"/> are among them
/// has nothing to add.
/// </param>
/// <param name="Unsettled">
/// Times of samples that are in no block that the readers of the bucket know: in memory, in parts, in blocks not listed yet. Ascending, disjoint, within the
/// view's range. What was made of blocks in the bucket (windows of downsampled samples) lacks them.
/// </param>
public sealed record LocalHoldings(IReadOnlySet<BlockId> Blocks, IReadOnlyList<QueryRange> Unsettled)
{
    /// <summary>Nothing.</summary>
    public static LocalHoldings None { get; } = new(new HashSet<BlockId>(), []);

    /// <summary>True when an unsettled sample may lie in the range.</summary>
    public bool IsUnsettled(QueryRange range) => !range.IsEmpty && Unsettled.Any(unsettled => range.Overlaps(unsettled.MinTime, unsettled.MaxTime));

    /// <summary>Joins ranges that share a time or follow each other without a gap, cut to another range.</summary>
    /// <param name="ranges">Ranges in any order; empty ones are passed over.</param>
    /// <param name="within">What is kept of them.</param>
    public static IReadOnlyList<QueryRange> Join(IEnumerable<QueryRange> ranges, QueryRange within)
    {
        var joined = new List<QueryRange>();
        foreach (QueryRange range in ranges
            .Select(range => new QueryRange(Math.Max(range.MinTime, within.MinTime), Math.Min(range.MaxTime, within.MaxTime)))
            .Where(static range => !range.IsEmpty)
            .OrderBy(static range => range.MinTime))
        {
            if (joined.Count > 0 && (joined[^1].MaxTime == long.MaxValue || range.MinTime <= joined[^1].MaxTime + 1))
            {
                joined[^1] = joined[^1] with { MaxTime = Math.Max(joined[^1].MaxTime, range.MaxTime) };
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }
}
