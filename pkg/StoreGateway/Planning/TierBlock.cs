using RemoteStore.Blocks.Format;

namespace RemoteStore.StoreGateway.Planning;

/// <summary>What the choice of tiers knows of a block.</summary>
/// <param name="Range">Times that it was made for: where it has no sample there is none.</param>
/// <param name="MinTime">Oldest sample, milliseconds since the Unix epoch.</param>
/// <param name="MaxTime">Newest sample, inclusive.</param>
/// <param name="ResolutionMs">Length of its windows; 0 for samples as received.</param>
/// <param name="Sources">Numbers of the cut blocks whose samples it holds: two blocks with one in common have samples in common.</param>
internal sealed record TierBlock(BlockRange Range, long MinTime, long MaxTime, long ResolutionMs, IReadOnlyList<int> Sources)
{
    /// <summary>True when it is for a time of [from, end).</summary>
    public bool Overlaps(long from, long end) => Range.Start < end && Range.End > from;

    /// <summary>What is left of it from a time on that is not behind its newest sample: of windows those that end then or later.</summary>
    /// <param name="floorMs">Milliseconds since the Unix epoch.</param>
    public TierBlock From(long floorMs)
    {
        if (floorMs <= Range.Start)
        {
            return this;
        }

        long from = ResolutionMs == 0 ? floorMs : TierGrid.Ceiling(floorMs, ResolutionMs) - ResolutionMs + 1;
        return from <= Range.Start ? this : this with { Range = Range with { Start = from }, MinTime = Math.Max(MinTime, from) };
    }
}
