using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Damage;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Compactor.Housekeeping;

/// <summary>
/// Sets damaged blocks aside, so that the rest goes on, and lets those be read again that may be (<see cref="BlockQuarantine"/>).
/// </summary>
internal sealed class DamagedBlocks(CompactorContext context, BlockQuarantine quarantine, BlockMarker marker)
{
    private readonly HashSet<(BlockId, long UploadedAtMs)> _checked = []; // damaged again as uploaded then

    /// <summary>Sets a block aside.</summary>
    /// <param name="index">The tenant's index.</param>
    /// <param name="meta">The block.</param>
    /// <param name="why">What does not hold.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IOException">What is left could not be saved, or the mark not written; the block is as it was.</exception>
    public async Task SetAsideAsync(BucketIndex index, BlockMeta meta, string why, CancellationToken cancellationToken)
    {
        QuarantineReport report = await quarantine.SetAsideAsync(index, meta, why, cancellationToken).ConfigureAwait(false);
        context.Metrics.SetAside(report.LostSamples);
        Log.SetAside(context.Logger, meta.Id.ToString(), meta.Tenant.Name, why, report.Salvage);
    }

    /// <summary>Reads a block back, every byte of it, and sets it aside when it is not as it was written.</summary>
    /// <returns>True when it was set aside.</returns>
    /// <exception cref="IOException">It cannot be read now, what is left could not be saved, or the mark not written.</exception>
    public async Task<bool> ExamineAsync(BucketIndex index, BlockMeta meta, CancellationToken cancellationToken)
    {
        if (await DamageOfAsync(meta, cancellationToken).ConfigureAwait(false) is not { } damage)
        {
            return false;
        }

        await SetAsideAsync(index, meta, damage, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Sets a block aside whose <c>meta.json</c> is damaged.</summary>
    public async Task SetAsideAsync(TenantId tenant, UnreadableBlock block, CancellationToken cancellationToken)
    {
        await marker.MarkBrokenAsync(tenant, block.Block, block.Reason, QueryRange.All, cancellationToken).ConfigureAwait(false);
        context.Metrics.SetAside(0);
        Log.SetAside(context.Logger, block.Block.ToString(), tenant.Name, block.Reason, "what it held is not known");
    }

    /// <summary>
    /// Lets blocks be read again: those that were replaced by one that is set aside, and those that were uploaded anew after they had been set aside themselves.
    /// </summary>
    /// <returns>True when there was one.</returns>
    public async Task<bool> TakeBackAsync(BucketIndex index, CancellationToken cancellationToken)
    {
        bool any = false;
        foreach (DeletionMark mark in index.DeletionMarks.Values.Where(mark => mark.ReplacedBy.Any(index.BrokenMarks.ContainsKey)).OrderBy(static mark => mark.Block))
        {
            // Readers know already; without its mark the block can be joined and marked again.
            await marker.UnmarkForDeletionAsync(index.Tenant, mark.Block, cancellationToken).ConfigureAwait(false);
            Log.TakenBack(context.Logger, mark.Block.ToString(), index.Tenant.Name);
            any = true;
        }

        foreach (BrokenMark mark in index.BrokenMarks.Values.OrderBy(static mark => mark.Block))
        {
            if (index.Find(mark.Block) is { } block && block.UploadedAtMs > mark.FoundAtMs && _checked.Add((block.Id, block.UploadedAtMs))
                && await DamageOfAsync(block.Meta, cancellationToken).ConfigureAwait(false) is null)
            {
                await marker.UnmarkBrokenAsync(index.Tenant, mark.Block, cancellationToken).ConfigureAwait(false);
                Log.SoundAgain(context.Logger, mark.Block.ToString(), index.Tenant.Name);
                any = true;
            }
        }

        return any;
    }

    private async Task<string?> DamageOfAsync(BlockMeta meta, CancellationToken cancellationToken)
    {
        try
        {
            await BlockReadBack.CheckAsync(context.Bucket, meta, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is CorruptDataException or ObjectNotFoundException)
        {
            return e.Message;
        }
    }
}
