using RemoteStore.Blocks.Format;
using RemoteStore.Model;

namespace RemoteStore.BlockStore.Marks;

/// <summary>
/// Says that a block is to be removed once every reader has had time to notice. Written after what replaces it was read back from the bucket; removed as the
/// last object of the block.
/// </summary>
public sealed record DeletionMark
{
    /// <summary>Whose block.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The block.</summary>
    public required BlockId Block { get; init; }

    /// <summary>When it was marked, milliseconds since the Unix epoch.</summary>
    public required long MarkedAtMs { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>Blocks that hold its samples; empty when they are not wanted any more.</summary>
    public IReadOnlyList<BlockId> ReplacedBy { get; init; } = [];
}
