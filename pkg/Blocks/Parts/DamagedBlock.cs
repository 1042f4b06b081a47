using RemoteStore.Model;

namespace RemoteStore.Blocks.Parts;

/// <summary>A stretch of a part that cannot be read.</summary>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="What">What does not hold.</param>
/// <param name="Content">What was in it; null when the damage took that too.</param>
public sealed record DamagedBlock(long Offset, long LengthBytes, string What, DamagedContent? Content)
{
    internal static DamagedBlock From(TenantId? tenant, BlockKind kind, in BlockEntry entry, string what) => new(
        entry.Offset,
        entry.Length,
        what,
        new(tenant, kind == BlockKind.Histograms, entry.FirstRef, entry.LastRef, entry.MinTime, entry.MaxTime, entry.Rows));
}

/// <summary>What a damaged block held, as index or block header tell.</summary>
/// <param name="Tenant">Whose samples; null when only the block header is left, which does not say.</param>
/// <param name="Histograms">True for native histograms, false for floats.</param>
/// <param name="FirstRef">Lowest series.</param>
/// <param name="LastRef">Highest series, inclusive.</param>
/// <param name="MinTime">Oldest sample, milliseconds since the Unix epoch.</param>
/// <param name="MaxTime">Newest sample, inclusive.</param>
/// <param name="Rows">Number of samples.</param>
public sealed record DamagedContent(TenantId? Tenant, bool Histograms, uint FirstRef, uint LastRef, long MinTime, long MaxTime, int Rows);
