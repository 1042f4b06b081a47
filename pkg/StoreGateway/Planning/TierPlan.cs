using RemoteStore.Model;

namespace RemoteStore.StoreGateway.Planning;

/// <summary>
/// Which block answers for which stretch of time: the coarsest resolution that the consumer accepts in place of samples, else samples, else the finest there is.
/// No sample of a block is left out unless another block that is read has it, and none is read at two resolutions.
/// </summary>
/// <remarks>
/// Blocks of different resolutions have the same samples where they have a source in common, since a coarse block is made of a whole block of samples. A coarse
/// block that lacks a source of a finer one, which came later, does not stand in for it; blocks without a source in common are read together. Where a block
/// begins or ends within a window of a coarser one, that window is read whole; of the finer block it lacks then what the coarser one does not have.
/// </remarks>
internal static class TierPlan
{
    /// <summary>Plans a selection.</summary>
    /// <param name="blocks">Blocks of which none supersedes another.</param>
    /// <param name="wanted">Times of the samples that are wanted; windows that overlap them are.</param>
    /// <param name="rawOnly">Times of samples that are held elsewhere and perhaps here as well: there samples are read as long as there are any.</param>
    /// <param name="rawSources">Cut blocks whose samples are to be had as received, in a block that may not be listed here or in the local store.</param>
    /// <param name="choice">Which resolutions may stand in for samples.</param>
    /// <returns>What to read; a block may come several times, with disjoint ranges.</returns>
    public static IReadOnlyList<TierRead> Make(
        IReadOnlyList<TierBlock> blocks, QueryRange wanted, IReadOnlyList<QueryRange> rawOnly, IReadOnlySet<int> rawSources, in TierChoice choice)
    {
        wanted = TierGrid.Clamp(wanted);
        if (wanted.IsEmpty)
        {
            return [];
        }

        // Windows reach past the ends of what is wanted.
        long widest = choice.Windows ? blocks.Select(static block => block.ResolutionMs).DefaultIfEmpty().Max() : 0;
        var planned = TierGrid.Clamp(new QueryRange(wanted.MinTime - widest, wanted.MaxTime + widest));
        var reads = new List<TierRead>();
        if (widest == 0 && blocks.All(static block => block.ResolutionMs == 0))
        {
            for (int i = 0; i < blocks.Count; i++)
            {
                AddRead(reads, blocks[i], i, planned.MinTime, planned.MaxTime + 1, wanted, windows: false);
            }

            return reads;
        }

        int[] overlapping =
        [
            .. Enumerable.Range(0, blocks.Count)
                .Where(i => blocks[i].Overlaps(planned.MinTime, planned.MaxTime + 1))
                .OrderBy(i => blocks[i].ResolutionMs).ThenBy(i => blocks[i].Range.Start),
        ];
        IReadOnlyList<long> cuts = TierGrid.Cut([.. overlapping.Select(i => blocks[i])], planned, rawOnly);
        var open = new Dictionary<int, (long From, long End)>();
        for (int unit = 0; unit + 1 < cuts.Count; unit++)
        {
            long from = cuts[unit];
            long end = cuts[unit + 1];
            int[] within = [.. overlapping.Where(i => blocks[i].Overlaps(from, end))];
            bool raw = rawOnly.Any(range => range.Overlaps(from, end - 1));
            foreach (int block in TierUnit.Choose(blocks, within, from, end, raw, rawSources, choice))
            {
                if (open.TryGetValue(block, out (long From, long End) before) && before.End == from)
                {
                    open[block] = (before.From, end);
                    continue;
                }

                Close(block);
                open[block] = (from, end);
            }
        }

        foreach (int block in open.Keys.ToArray())
        {
            Close(block);
        }

        return reads;

        void Close(int block)
        {
            if (open.Remove(block, out (long From, long End) stretch))
            {
                AddRead(reads, blocks[block], block, stretch.From, stretch.End, wanted, widest > 0);
            }
        }
    }

    private static void AddRead(List<TierRead> reads, TierBlock block, int number, long from, long end, QueryRange wanted, bool windows)
    {
        from = Math.Max(from, block.Range.Start);
        end = Math.Min(end, block.Range.End);
        if (from >= end)
        {
            return;
        }

        QueryRange range;
        QueryRange samples;
        if (windows && block.ResolutionMs > 0)
        {
            long resolution = block.ResolutionMs;
            range = new(
                Math.Max(TierGrid.Ceiling(from, resolution), TierGrid.Floor(wanted.MinTime, resolution)),
                Math.Min(TierGrid.Ceiling(end - 1, resolution), TierGrid.Ceiling(wanted.MaxTime, resolution)));
            samples = new(range.MinTime - resolution + 1, range.MaxTime);
        }
        else
        {
            range = samples = new(Math.Max(from, wanted.MinTime), Math.Min(end - 1, wanted.MaxTime));
        }

        if (!range.IsEmpty && samples.Overlaps(block.MinTime, block.MaxTime))
        {
            reads.Add(new(number, range));
        }
    }
}
