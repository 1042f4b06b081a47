using RemoteStore.Blocks.Parts;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.LocalBlocks;

namespace RemoteStore.Tsdb.Cutting;

/// <summary>
/// Rows that are in a visible block and still in parts. They leave the parts when no query is left that began before the block was visible; until then a
/// row is seen twice, which deduplicates, never not at all. Used by whoever holds the turn of merging and cutting.
/// </summary>
internal sealed class PendingDrops(PartCatalog catalog)
{
    private readonly List<(TenantHead Head, long Moment, LiveBlock? Block, IReadOnlyList<LivePart> Parts)> _pending = [];

    /// <summary>
    /// Drops what crashes left: when a block is there and parts that it was made of are still live, all rows of the tenant in them are in the block.
    /// </summary>
    public static void CompleteAtStart(PartCatalog catalog, BlockCatalog blocks)
    {
        foreach (LiveBlock block in blocks.All.OrderBy(static block => block.Meta.Id))
        {
            HashSet<PartId> sources = [.. BlockCatalog.SourcesOf(block)];
            catalog.Drop(block.Meta.Tenant, [.. catalog.Parts.Where(part => sources.Contains(part.Info.Id) && part.Holds(block.Meta.Tenant))], "cut");
        }
    }

    /// <summary>Takes note of parts whose rows are in a block that is visible now.</summary>
    /// <param name="head">The tenant.</param>
    /// <param name="block">The block; null when no row was young enough to be in one.</param>
    /// <param name="parts">The parts.</param>
    public void Add(TenantHead head, LiveBlock? block, IReadOnlyList<LivePart> parts)
    {
        foreach (LivePart part in parts)
        {
            part.AwaitsDrop = true;
        }

        _pending.Add((head, head.Readers.Now, block, [.. parts]));
    }

    /// <summary>Drops what no query needs any more.</summary>
    /// <exception cref="IOException">The manifest could not be saved; what is left is tried again by the next call.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; i < _pending.Count;)
        {
            (TenantHead head, long moment, LiveBlock? block, IReadOnlyList<LivePart> parts) = _pending[i];
            if (block is { IsDamaged: true })
            {
                Forget(i); // the parts have what the block lost
                continue;
            }

            if (!head.Readers.HaveAllLeft(moment))
            {
                i++;
                continue;
            }

            await catalog.Changes.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                catalog.Drop(head.Tenant, parts, "cut");
                _pending.RemoveAt(i);
            }
            finally
            {
                catalog.Changes.Release();
            }
        }
    }

    private void Forget(int index)
    {
        foreach (LivePart part in _pending[index].Parts)
        {
            part.AwaitsDrop = false;
        }

        _pending.RemoveAt(index);
    }
}
