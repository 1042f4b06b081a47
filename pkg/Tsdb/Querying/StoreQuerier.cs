using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.Storage.Merging;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Flushing;
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
    public static ILocalView Open(StoreState state, TenantId tenant, QueryRange range)
    {
        TenantHead? head = state.Heads.Find(tenant);
        HeadQuerier? recent = head is null ? null : new HeadQuerier(head, state.Catalog, range);
        List<QueryRange> unsettled = head is null ? [] : TimesOutsideOfBlocks(head, state.Catalog);
        List<LiveBlock> blocks = state.Blocks.Retain(tenant, range);
        LocalHoldings holdings = HoldingsOf(state.Blocks.Of(tenant), blocks, unsettled, range);
        var queriers = new List<IQuerier>();
        foreach (LiveBlock block in blocks)
        {
            queriers.Add(new BlockQuerier(state.Blocks, block, range));
        }

        if (recent is not null)
        {
            queriers.Add(recent);
        }

        // Asked for when the answer has been read: what it met itself is among them.
        return new LocalView(
            queriers.Count == 0 ? EmptyQuerier.Instance : MergedQuerier.Over(queriers), holdings, () => state.Quarantined.Losses.Of(tenant, range));
    }

    /// <summary>Times of rows in memtables and parts. Memtables are asked first, so that rows on their way from the one to the other are in one of them.</summary>
    private static List<QueryRange> TimesOutsideOfBlocks(TenantHead head, PartCatalog catalog)
    {
        var times = new List<QueryRange>();
        lock (head.Lock)
        {
            times.AddRange(head.MemtablesWithRows().Select(static memtable => new QueryRange(memtable.MinTime, memtable.MaxTime)));
        }

        foreach (LivePart part in catalog.Parts)
        {
            if (part.Holds(head.Tenant) && part.Reader.ExtentOf(head.Tenant) is { } extent)
            {
                times.Add(new QueryRange(extent.MinTime, extent.MaxTime));
            }
        }

        return times;
    }

    /// <summary>Blocks outside of the range have nothing in it: they count as held whether the view holds them or not.</summary>
    private static LocalHoldings HoldingsOf(IReadOnlyList<LiveBlock> all, List<LiveBlock> retained, List<QueryRange> unsettled, QueryRange range)
    {
        foreach (LiveBlock block in retained.Where(static block => !block.IsSettled))
        {
            unsettled.Add(new QueryRange(block.Meta.MinTime, block.Meta.MaxTime));
        }

        HashSet<BlockId> held = [.. all.Where(block => !block.Meta.Overlaps(range)).Concat(retained).Select(static block => block.Meta.Id)];
        return new LocalHoldings(held, LocalHoldings.Join(unsettled, range));
    }
}
