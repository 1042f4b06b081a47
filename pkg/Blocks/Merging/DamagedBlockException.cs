using RemoteStore.Blocks.Format;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Merging;

/// <summary>An input of a merge is damaged: it is for the caller to set it aside and go on with the others.</summary>
/// <param name="block">The damaged block.</param>
/// <param name="damage">Where, and what does not hold.</param>
public sealed class DamagedBlockException(BlockId block, CorruptDataException damage) : IOException($"read block {block}: {damage.Message}", damage)
{
    /// <summary>The damaged block.</summary>
    public BlockId Block { get; } = block;
}
