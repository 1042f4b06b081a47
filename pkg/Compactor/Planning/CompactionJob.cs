using RemoteStore.Blocks.Format;

namespace RemoteStore.Compactor.Planning;

/// <summary>Blocks that are to become one.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Inputs">At least two, of one tenant and resolution, by oldest sample, then id.</param>
/// <param name="Range">Range of the new block; holds all samples of the inputs.</param>
public sealed record CompactionJob(CompactionKind Kind, IReadOnlyList<BlockMeta> Inputs, BlockRange Range);

/// <summary>Why blocks are joined.</summary>
public enum CompactionKind
{
    /// <summary>Their samples overlap in time.</summary>
    Overlap,

    /// <summary>They are neighbours in a longer range that is over.</summary>
    Range,
}
