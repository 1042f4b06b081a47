using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.Blocks.Merging;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Compactor.Running;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Compactor.Deleting;

/// <summary>
/// Removes physically what deletion jobs delete: a block that holds samples of one is written anew without them. A downsampled block goes as a whole where raw
/// blocks hold its sources, to be made again of these; else its windows are written anew without those that lie wholly in the deleted range. A job is over when
/// no block of the bucket and no local store holds anything of it; what it says of its progress is only there to save work.
/// </summary>
internal sealed class DeletedSeriesRemover(CompactorContext context, IDeletionJobs jobs, BlockRewriter rewriter, BlockMarker marker)
{
    private const string Reason = "deletion";

    /// <summary>Goes on with the open jobs of a tenant until a block has changed.</summary>
    /// <param name="index">The tenant's index, as it is in the bucket.</param>
    /// <param name="passOver">Blocks that are not to be tried.</param>
    /// <param name="cancellationToken">Stops the work; what was done stays.</param>
    /// <returns>True when a block has changed and the index has to be made anew.</returns>
    /// <exception cref="DamagedBlockException">A block is damaged.</exception>
    /// <exception cref="IOException">Something could not be read or written.</exception>
    public async Task<bool> StepAsync(BucketIndex index, IReadOnlySet<BlockId> passOver, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeletionJob> open = await jobs.ListOpenAsync(index.Tenant, cancellationToken).ConfigureAwait(false);
        foreach (DeletionJob job in open)
        {
            BlockMeta[] concerned =
            [
                .. index.Readable.Select(static block => block.Meta).Where(block => block.Overlaps(job.Range))
                    .OrderBy(static block => block.ResolutionMs).ThenBy(static block => block.MinTime), // what downsampled blocks are made of goes first
            ];
            if (await CleanAsync(job, concerned, index, open, passOver, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> CleanAsync(
        DeletionJob job, BlockMeta[] concerned, BucketIndex index, IReadOnlyList<DeletionJob> open, IReadOnlySet<BlockId> passOver, CancellationToken cancellationToken)
    {
        HashSet<BlockId> clean = [.. job.CleanBlocks];
        int known = clean.Count;
        foreach (BlockMeta block in concerned.Where(
            block => !clean.Contains(block.Id) && !passOver.Contains(block.Id) && !index.DeletionMarks.ContainsKey(block.Id)))
        {
            if (!await rewriter.HoldsAsync(block, job.Deletions, cancellationToken).ConfigureAwait(false))
            {
                _ = clean.Add(block.Id);
                continue;
            }

            (BlockId? left, long removed) = await RemoveAsync(block, index, open, cancellationToken).ConfigureAwait(false);
            if (left is { } id)
            {
                _ = clean.Add(id);
            }

            await jobs.SaveAsync(
                job with { State = DeletionState.Processing, CleanBlocks = [.. clean.Order()], SamplesRemoved = job.SamplesRemoved + removed },
                cancellationToken).ConfigureAwait(false);
            return true;
        }

        bool isOver = concerned.All(block => clean.Contains(block.Id)) && await IsLocallyGoneAsync(job, clean, cancellationToken).ConfigureAwait(false);
        if (isOver || clean.Count > known)
        {
            await jobs.SaveAsync(
                job with
                {
                    State = isOver ? DeletionState.Done : DeletionState.Processing,
                    FinishedAtMs = isOver ? context.NowMs : 0,
                    CleanBlocks = [.. clean.Order()],
                },
                cancellationToken).ConfigureAwait(false);
        }

        if (isOver)
        {
            Log.DeletionDone(context.Logger, job.Id, job.Tenant.Name, job.SamplesRemoved);
        }

        return false;
    }

    private async Task<(BlockId? Left, long Removed)> RemoveAsync(
        BlockMeta block, BucketIndex index, IReadOnlyList<DeletionJob> open, CancellationToken cancellationToken)
    {
        if (block.ResolutionMs > 0 && new HeldSources(index, index.Readable.Select(static other => other.Meta)).AreInRaw(block))
        {
            await marker.MarkForDeletionAsync(block.Tenant, block.Id, Reason, [], cancellationToken).ConfigureAwait(false);
            context.Metrics.Marked(Reason);
            Log.Marked(context.Logger, block.Id.ToString(), block.Tenant.Name, "it is to be downsampled again without what is deleted");
            return (null, 0);
        }

        var filter = new DeletionFilter(new SeriesDeletions(open.SelectMany(static job => job.Deletions)));
        BlockMeta? left = await rewriter.RewriteAsync(
            new RewriteWork(Reason, [block], block.Range, new BlockMergeOptions { Filter = filter }), cancellationToken).ConfigureAwait(false);
        return (left?.Id, filter.Removed);
    }

    /// <summary>True when the local store has nothing of the range but blocks that hold nothing of the job.</summary>
    private async ValueTask<bool> IsLocallyGoneAsync(DeletionJob job, HashSet<BlockId> clean, CancellationToken cancellationToken)
    {
        if (context.LocalHoldings is null)
        {
            return true;
        }

        LocalHoldings local = await context.LocalHoldings(job.Tenant, job.Range, cancellationToken).ConfigureAwait(false);
        return !local.IsUnsettled(job.Range) && local.Blocks.All(clean.Contains);
    }
}
