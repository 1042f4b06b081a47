using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;

namespace RemoteStore.Compactor.Housekeeping;

/// <summary>
/// Removes marked blocks once their delay is over, in the reverse order of writing: <c>meta.json</c>, then index and chunks, then the marks. So what is left of
/// a removal that was broken off is seen as one, and ended by the next round. Also removes uploads without an end.
/// </summary>
internal sealed class BlockRemover(CompactorContext context, BlockMarker marker)
{
    /// <summary>Removes what is due.</summary>
    /// <param name="update">The tenant as listed.</param>
    /// <param name="retention">What is not wanted any more.</param>
    /// <param name="cancellationToken">Stops between two requests.</param>
    /// <returns>True when a mark was taken back, so that another block counts.</returns>
    public async Task<bool> RemoveAsync(BucketIndexUpdate update, RetentionRule retention, CancellationToken cancellationToken)
    {
        BucketIndex index = update.Index;
        var held = new HeldSources(index, index.Readable.Select(static block => block.Meta));
        Dictionary<BlockId, PartialBlock> partial = update.Partial.ToDictionary(static block => block.Block);
        bool takenBack = false;
        foreach (DeletionMark mark in index.DeletionMarks.Values.OrderBy(static mark => mark.Block))
        {
            if (context.NowMs < mark.MarkedAtMs + context.Options.DeletionDelay.TotalMilliseconds)
            {
                continue;
            }

            BlockMeta? meta = index.Find(mark.Block)?.Meta;
            if (meta is null || MayGo(meta, mark, held, retention))
            {
                await RemoveAsync(index, mark, partial.GetValueOrDefault(mark.Block)?.Keys ?? [], cancellationToken).ConfigureAwait(false);
                continue;
            }

            await marker.UnmarkForDeletionAsync(index.Tenant, mark.Block, cancellationToken).ConfigureAwait(false);
            Log.TakenBack(context.Logger, mark.Block.ToString(), index.Tenant.Name);
            takenBack = true;
        }

        foreach (PartialBlock block in update.Partial.Where(block => !index.DeletionMarks.ContainsKey(block.Block)))
        {
            await RemovePartialAsync(index.Tenant, block, cancellationToken).ConfigureAwait(false);
        }

        return takenBack;
    }

    private static bool MayGo(BlockMeta meta, DeletionMark mark, HeldSources held, RetentionRule retention) =>
        held.IsRetired(mark) || held.AreIn(meta) || retention.IsExpired(meta);

    private async Task RemoveAsync(BucketIndex index, DeletionMark mark, IReadOnlyList<string> further, CancellationToken cancellationToken)
    {
        TenantId tenant = index.Tenant;
        string[] keys =
        [
            BucketLayout.File(tenant, mark.Block, BlockFile.Meta), BucketLayout.File(tenant, mark.Block, BlockFile.Index),
            BucketLayout.File(tenant, mark.Block, BlockFile.Chunks),
        ];
        bool wasThere = index.Find(mark.Block) is not null || further.Count > 0;
        foreach (string key in wasThere ? keys.Union(further) : [])
        {
            await context.Bucket.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            context.Failpoints.Hit("compact.mid-removal");
        }

        if (index.BrokenMarks.ContainsKey(mark.Block))
        {
            await marker.UnmarkBrokenAsync(tenant, mark.Block, cancellationToken).ConfigureAwait(false);
        }

        await marker.UnmarkForDeletionAsync(tenant, mark.Block, cancellationToken).ConfigureAwait(false);
        if (wasThere)
        {
            context.Metrics.Removed();
            Log.Removed(context.Logger, mark.Block.ToString(), tenant.Name, mark.Reason);
        }
    }

    private async Task RemovePartialAsync(TenantId tenant, PartialBlock block, CancellationToken cancellationToken)
    {
        long newest = block.NewestMs;
        if (!IsAbandoned(newest) || await IsLocalAsync(tenant, block.Block, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        foreach (string key in block.Keys)
        {
            // Once more: the upload may have gone on since the listing.
            newest = Math.Max(newest, (await context.Bucket.StatAsync(key, cancellationToken).ConfigureAwait(false))?.ModifiedMs ?? 0);
        }

        if (IsAbandoned(newest))
        {
            foreach (string key in block.Keys)
            {
                await context.Bucket.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            }

            context.Metrics.PartialRemoved();
            Log.PartialRemoved(context.Logger, block.Keys.Count, block.Block.ToString(), tenant.Name, newest);
        }
    }

    /// <summary>True when the local store has the block: its upload goes on sooner or later, and must not meet the removal of what it has sent.</summary>
    private async ValueTask<bool> IsLocalAsync(TenantId tenant, BlockId block, CancellationToken cancellationToken) =>
        context.LocalHoldings is { } holdings && (await holdings(tenant, QueryRange.All, cancellationToken).ConfigureAwait(false)).Blocks.Contains(block);

    private bool IsAbandoned(long newestMs) => newestMs + context.Options.PartialDelay.TotalMilliseconds <= context.NowMs;
}
