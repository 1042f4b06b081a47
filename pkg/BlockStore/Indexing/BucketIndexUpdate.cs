using RemoteStore.Blocks.Format;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>What a listing of a tenant has found.</summary>
/// <param name="Index">The index as it was written.</param>
/// <param name="Partial">Folders of blocks without <c>meta.json</c>: uploads under way or broken off, and removals that have begun.</param>
/// <param name="Unreadable">Blocks that cannot be listed because what says what they hold is damaged, and that have no mark yet.</param>
public sealed record BucketIndexUpdate(BucketIndex Index, IReadOnlyList<PartialBlock> Partial, IReadOnlyList<UnreadableBlock> Unreadable)
{
    /// <summary>Marks that are damaged, by key, with what does not hold. They count as not being there.</summary>
    public IReadOnlyDictionary<string, string> UnreadableMarks { get; init; } = new Dictionary<string, string>();
}

/// <summary>A folder of a block without <c>meta.json</c>.</summary>
/// <param name="Block">The block.</param>
/// <param name="NewestMs">When the last object in it was written, by the clock of the store.</param>
/// <param name="Keys">What is in it.</param>
public sealed record PartialBlock(BlockId Block, long NewestMs, IReadOnlyList<string> Keys);

/// <summary>A block whose <c>meta.json</c> is damaged.</summary>
/// <param name="Block">The block, as its folder is named.</param>
/// <param name="Reason">What does not hold.</param>
public sealed record UnreadableBlock(BlockId Block, string Reason);
