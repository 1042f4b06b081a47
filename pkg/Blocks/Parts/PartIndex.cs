using RemoteStore.Model;

namespace RemoteStore.Blocks.Parts;

/// <summary>Where a block lies and what it can hold.</summary>
internal readonly record struct BlockEntry(long Offset, int Length, uint FirstRef, uint LastRef, long MinTime, long MaxTime, int Rows);

/// <summary>Blocks of one tenant: its float blocks, then its histogram blocks, from <paramref name="First"/> on in the part's entries.</summary>
internal readonly record struct TenantSection(TenantId Tenant, int First, int FloatBlocks, int HistogramBlocks);

/// <summary>The index of a part: one flat array of blocks, and tenants by name. Immutable once read.</summary>
internal sealed class PartIndex(PartInfo info, TenantSection[] tenants, BlockEntry[] entries)
{
    public PartInfo Info { get; } = info;

    public TenantSection[] Tenants { get; } = tenants;

    public BlockEntry[] Entries { get; } = entries;

    /// <summary>Finds a tenant's blocks.</summary>
    public bool TryFind(TenantId tenant, out TenantSection section)
    {
        int low = 0;
        int high = Tenants.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = Tenants[middle].Tenant.CompareTo(tenant);
            if (order == 0)
            {
                section = Tenants[middle];
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        section = default;
        return false;
    }
}
