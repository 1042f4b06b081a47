using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Compactor.Planning;

namespace RemoteStore.Compactor.Housekeeping;

/// <summary>
/// Marks blocks whose samples another block holds: sources that a crash left unmarked, and blocks that were uploaded again. The block that holds them is read
/// back from the bucket first, every byte of it.
/// </summary>
internal sealed class SupersededMarker(CompactorContext context, BlockMarker marker, DamagedBlocks damaged)
{
    private const string Reason = "superseded";

    /// <summary>Marks what is superseded.</summary>
    /// <returns>True when something was marked or set aside.</returns>
    public async Task<bool> MarkAsync(BucketIndex index, CancellationToken cancellationToken)
    {
        BlockMeta[] live = [.. index.Readable.Where(block => !index.DeletionMarks.ContainsKey(block.Id)).Select(static block => block.Meta)];
        bool changed = false;
        foreach (IGrouping<BlockId, (BlockId Block, BlockMeta By)> group in Supersession.Find(live).Select(static pair => (Block: pair.Key, By: pair.Value))
            .GroupBy(static pair => pair.By.Id).OrderBy(static group => group.Key))
        {
            changed = true;
            BlockMeta by = group.First().By;
            if (await damaged.ExamineAsync(index, by, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            foreach ((BlockId block, _) in group)
            {
                await marker.MarkForDeletionAsync(index.Tenant, block, Reason, [by.Id], cancellationToken).ConfigureAwait(false);
                context.Metrics.Marked(Reason);
                Log.Marked(context.Logger, block.ToString(), index.Tenant.Name, Reason);
            }
        }

        return changed;
    }
}
