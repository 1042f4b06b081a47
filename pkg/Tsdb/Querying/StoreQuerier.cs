using RemoteStore.Model;
using RemoteStore.Storage.Merging;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.LocalBlocks;

namespace RemoteStore.Tsdb.Querying;

/// <summary>
/// The view of everything a tenant has here. Rows move from memtables to parts to blocks, and each step shows them at the new place before they leave the old
/// one; a view takes hold of the places in the same order, so that it sees a row at least once.
/// </summary>
internal static class StoreQuerier
{
    /// <summary>Opens the view.</summary>
    /// <param name="state">The store.</param>
    /// <param name="tenant">Whose data.</param>
    /// <param name="range">Not before the retention.</param>
    public static IQuerier Open(StoreState state, TenantId tenant, QueryRange range)
    {
        TenantHead? head = state.Heads.Find(tenant);
        HeadQuerier? recent = head is null ? null : new HeadQuerier(head, state.Catalog, range);
        var queriers = new List<IQuerier>();
        foreach (LiveBlock block in state.Blocks.Retain(tenant, range))
        {
            queriers.Add(new BlockQuerier(state.Blocks, block, range));
        }

        if (recent is not null)
        {
            queriers.Add(recent);
        }

        // Asked for when the answer has been read: what it met itself is among them.
        return new LossTellingQuerier(
            queriers.Count == 0 ? EmptyQuerier.Instance : MergedQuerier.Over(queriers), () => state.Quarantined.Losses.Of(tenant, range));
    }
}
