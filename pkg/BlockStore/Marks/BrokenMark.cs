using RemoteStore.Blocks.Format;
using RemoteStore.Model;

namespace RemoteStore.BlockStore.Marks;

/// <summary>Says that a block is damaged and set aside: it is never read and never compacted; answers about its range say that samples are missing.</summary>
public sealed record BrokenMark
{
    /// <summary>Whose block.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The block.</summary>
    public required BlockId Block { get; init; }

    /// <summary>When the damage was found, milliseconds since the Unix epoch.</summary>
    public required long FoundAtMs { get; init; }

    /// <summary>What does not hold: file, offset, check.</summary>
    public required string Reason { get; init; }

    /// <summary>Times of the samples that are missing; all times when not even that can be read.</summary>
    public QueryRange Range { get; init; } = QueryRange.All;
}
