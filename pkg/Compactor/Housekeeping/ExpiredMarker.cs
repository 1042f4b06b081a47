using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;

namespace RemoteStore.Compactor.Housekeeping;

/// <summary>
/// Marks blocks past their retention, and takes the marks back while their delay lasts where they turn out wrong: the retention was made longer, the clock had
/// run ahead, or the windows that were made of a block are damaged.
/// </summary>
internal sealed class ExpiredMarker(CompactorContext context, BlockMarker marker)
{
    private const string Reason = "retention";

    /// <summary>Takes back what is wanted after all.</summary>
    /// <returns>True when there was something.</returns>
    public async Task<bool> TakeBackAsync(BucketIndex index, RetentionRule retention, CancellationToken cancellationToken)
    {
        bool any = false;
        foreach (DeletionMark mark in index.DeletionMarks.Values
            .Where(static mark => mark.Reason == Reason && mark.ReplacedBy.Count == 0).OrderBy(static mark => mark.Block))
        {
            if (index.Find(mark.Block) is { } block && !IsOver(index, block.Meta, retention))
            {
                await marker.UnmarkForDeletionAsync(index.Tenant, mark.Block, cancellationToken).ConfigureAwait(false);
                Log.WantedAgain(context.Logger, mark.Block.ToString(), index.Tenant.Name);
                any = true;
            }
        }

        return any;
    }

    /// <summary>Marks what is over.</summary>
    /// <returns>True when there was something.</returns>
    public async Task<bool> MarkAsync(BucketIndex index, RetentionRule retention, CancellationToken cancellationToken)
    {
        bool any = false;
        foreach (BlockRecord block in index.Blocks.Where(block => !index.DeletionMarks.ContainsKey(block.Id) && IsOver(index, block.Meta, retention)))
        {
            await marker.MarkForDeletionAsync(index.Tenant, block.Id, Reason, [], cancellationToken).ConfigureAwait(false);
            context.Metrics.Marked(Reason);
            Log.Marked(context.Logger, block.Id.ToString(), index.Tenant.Name, Reason);
            any = true;
        }

        return any;
    }

    /// <summary>Of a block that is set aside nothing can be made any more.</summary>
    private static bool IsOver(BucketIndex index, BlockMeta block, RetentionRule retention) =>
        index.BrokenMarks.ContainsKey(block.Id) ? retention.IsPast(block) : retention.IsExpired(block);
}
