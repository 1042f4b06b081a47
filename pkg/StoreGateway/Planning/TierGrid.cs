using RemoteStore.Model;

namespace RemoteStore.StoreGateway.Planning;

/// <summary>
/// Cuts time into units that are each read at one resolution. A unit ends where a block ends, or between two windows of every block that goes on behind it: a
/// window cannot be divided.
/// </summary>
internal static class TierGrid
{
    private const int MaxRounds = 64; // two or three are enough where one resolution is a multiple of the other

    // 36 million years: sums with a resolution do not overflow.
    private const long Furthest = 1L << 60;

    /// <summary>Start of the last window whose end is not behind the time: the greatest multiple of the resolution up to it.</summary>
    public static long Floor(long timestampMs, long resolutionMs)
    {
        long rest = timestampMs % resolutionMs;
        return timestampMs - (rest < 0 ? rest + resolutionMs : rest);
    }

    /// <summary>End of the window that a time lies in: the least multiple of the resolution not below it.</summary>
    public static long Ceiling(long timestampMs, long resolutionMs) => -Floor(-timestampMs, resolutionMs);

    /// <summary>The range within times that can be computed with.</summary>
    public static QueryRange Clamp(QueryRange range) => new(Clamp(range.MinTime), Clamp(range.MaxTime));

    /// <summary>Ends of the units, ascending; each unit reaches from one up to the next, exclusive.</summary>
    /// <param name="blocks">All blocks that overlap the range.</param>
    /// <param name="range">What is planned, clamped and not empty.</param>
    /// <param name="rawOnly">Times that are read as samples where they can be.</param>
    public static IReadOnlyList<long> Cut(IReadOnlyList<TierBlock> blocks, QueryRange range, IReadOnlyList<QueryRange> rawOnly)
    {
        TierBlock[] coarse = [.. blocks.Where(static block => block.ResolutionMs > 0)];
        var cuts = new SortedSet<long>();
        foreach (TierBlock block in blocks)
        {
            Add(block.Range.Start);
            Add(block.Range.End);
        }

        foreach (QueryRange raw in rawOnly)
        {
            Add(raw.MinTime);
            Add(Clamp(raw.MaxTime) + 1);
        }

        cuts.RemoveWhere(cut => cut <= range.MinTime || cut > range.MaxTime);
        cuts.Add(range.MinTime);
        cuts.Add(range.MaxTime + 1);
        return [.. cuts];

        void Add(long time)
        {
            (long from, long end) = Divided(coarse, Clamp(time));
            cuts.Add(from);
            cuts.Add(end);
        }
    }

    /// <summary>
    /// The least stretch with the cut in it, or at its ends when they are the cut, whose ends divide no window: of the coarser of two tiers a window may reach
    /// further than that of the finer one, and the other way round where a block ends.
    /// </summary>
    private static (long From, long End) Divided(TierBlock[] coarse, long cut)
    {
        long from = cut;
        long end = cut;
        bool isMoved = true;
        for (int round = 0; isMoved && round < MaxRounds; round++)
        {
            isMoved = false;
            foreach (TierBlock block in coarse)
            {
                if (block.Range.Start < from && from < block.Range.End)
                {
                    long first = Math.Max(Floor(from - 1, block.ResolutionMs) + 1, block.Range.Start);
                    isMoved |= first < from;
                    from = first;
                }

                if (block.Range.Start < end && end < block.Range.End)
                {
                    long next = Math.Min(Ceiling(end - 1, block.ResolutionMs) + 1, block.Range.End);
                    isMoved |= next > end;
                    end = next;
                }
            }
        }

        return (from, end);
    }

    private static long Clamp(long timestampMs) => Math.Clamp(timestampMs, -Furthest, Furthest);
}
