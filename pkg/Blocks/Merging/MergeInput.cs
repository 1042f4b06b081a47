using RemoteStore.Blocks.Parts;
using RemoteStore.Model;

namespace RemoteStore.Blocks.Merging;

/// <summary>A part to merge.</summary>
/// <param name="Part">The open part.</param>
/// <param name="Dropped">Tenants whose rows in it no longer count (they are in blocks), null when all count.</param>
public readonly record struct MergeInput(PartReader Part, IReadOnlySet<TenantId>? Dropped = null)
{
    /// <summary>True when rows of the tenant in it count.</summary>
    public bool Counts(TenantId tenant) => Dropped is null || !Dropped.Contains(tenant);
}
