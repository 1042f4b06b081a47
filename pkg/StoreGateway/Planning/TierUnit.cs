namespace RemoteStore.StoreGateway.Planning;

/// <summary>The choice of blocks for one unit of time.</summary>
internal static class TierUnit
{
    /// <summary>Blocks to read.</summary>
    /// <param name="blocks">All blocks.</param>
    /// <param name="within">Numbers of those that overlap the unit, ascending by resolution, then start.</param>
    /// <param name="from">First time of the unit.</param>
    /// <param name="end">One past its last time.</param>
    /// <param name="raw">True when samples are to be read if there are any for the whole unit.</param>
    /// <param name="rawSources">Cut blocks whose samples are to be had as received, here or in the local store.</param>
    /// <param name="choice">Which resolutions may stand in for samples.</param>
    public static IReadOnlyList<int> Choose(IReadOnlyList<TierBlock> blocks, int[] within, long from, long end, bool raw, IReadOnlySet<int> rawSources, in TierChoice choice)
    {
        int[] coarse = [.. within.Where(i => blocks[i].ResolutionMs > 0)];
        if (coarse.Length == 0)
        {
            return within;
        }

        // Samples are there wherever windows were made of them, though no block of samples may reach to every end of the unit, or the local store has them.
        bool hasSamples = from >= choice.RawFloorMs && coarse.All(i => blocks[i].Sources.All(rawSources.Contains));
        int[][] tiers = [.. within.GroupBy(i => blocks[i].ResolutionMs).Select(static tier => tier.ToArray())];
        int best = -1;
        bool samples = raw && (hasSamples || (blocks[tiers[0][0]].ResolutionMs == 0 && Covers(blocks, tiers[0], from, end)));
        for (int i = tiers.Length - 1; i >= 0 && best < 0 && !samples; i--)
        {
            long resolution = blocks[tiers[i][0]].ResolutionMs;
            if (resolution > 0 && choice.Accepts(resolution) && Covers(blocks, tiers[i], from, end) && HasAllOf(blocks, tiers, i))
            {
                best = i;
            }
        }

        if (best < 0 && hasSamples)
        {
            return [.. within.Except(coarse)];
        }

        for (int i = 0; i < tiers.Length && best < 0; i++)
        {
            best = Covers(blocks, tiers[i], from, end) ? i : best;
        }

        return WithOthers(blocks, within, tiers[Math.Max(best, 0)]);
    }

    private static bool Covers(IReadOnlyList<TierBlock> blocks, int[] tier, long from, long end)
    {
        long reached = from;
        foreach (int i in tier)
        {
            if (blocks[i].Range.Start > reached)
            {
                return false;
            }

            reached = Math.Max(reached, blocks[i].Range.End);
        }

        return reached >= end;
    }

    /// <summary>
    /// True when the tier has every source of the finer blocks here: in a block here or in another one, which then has all samples of the source, so that it has
    /// none here.
    /// </summary>
    private static bool HasAllOf(IReadOnlyList<TierBlock> blocks, int[][] tiers, int tier)
    {
        long resolution = blocks[tiers[tier][0]].ResolutionMs;
        HashSet<int> sources = [.. blocks.Where(block => block.ResolutionMs == resolution).SelectMany(static block => block.Sources)];
        return tiers.Take(tier).SelectMany(static finer => finer).All(i => blocks[i].Sources.All(sources.Contains));
    }

    /// <summary>The tier, and of the other blocks those that have nothing in common with what is read, finest first.</summary>
    private static List<int> WithOthers(IReadOnlyList<TierBlock> blocks, int[] within, int[] tier)
    {
        var chosen = new List<int>(tier);
        HashSet<int> sources = [.. tier.SelectMany(i => blocks[i].Sources)];
        foreach (int i in within)
        {
            if (blocks[i].ResolutionMs != blocks[tier[0]].ResolutionMs && !blocks[i].Sources.Any(sources.Contains))
            {
                chosen.Add(i);
                sources.UnionWith(blocks[i].Sources);
            }
        }

        return chosen;
    }
}
