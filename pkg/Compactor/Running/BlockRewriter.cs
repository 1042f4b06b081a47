using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Windows;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Publishing;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Compactor.Running;

/// <summary>
/// Makes one block of others: merge to the local disk, publish, then mark the sources. A crash before the block is published leaves the bucket as it was; one
/// behind it leaves sources and block side by side, which readers resolve, until the sources are marked (<see cref="Housekeeping.SupersededMarker"/>).
/// </summary>
internal sealed class BlockRewriter
{
    private const long CacheBytes = 16 << 20;

    private readonly CompactorContext _context;
    private readonly BlockPublisher _publisher;
    private readonly BlockMarker _marker;

    public BlockRewriter(CompactorContext context, BlockPublisher publisher, BlockMarker marker)
    {
        _context = context;
        _publisher = publisher;
        _marker = marker;
    }

    /// <summary>Makes the block.</summary>
    /// <param name="work">What is to be made.</param>
    /// <param name="cancellationToken">Stops before the block is published.</param>
    /// <returns>The new block; null when nothing was to be kept.</returns>
    /// <exception cref="DamagedBlockException">A source is damaged.</exception>
    /// <exception cref="IOException">Something could not be read or written.</exception>
    public async Task<BlockMeta?> RewriteAsync(RewriteWork work, CancellationToken cancellationToken)
    {
        long started = _context.Time.GetTimestamp();
        TenantId tenant = work.Inputs[0].Tenant;
        BlockId id = _context.NewBlockId();
        string directory = _context.WorkDirectoryOf(tenant, id);
        try
        {
            BlockMeta? written = await MergeAsync(work, id, directory, cancellationToken).ConfigureAwait(false);
            _context.Failpoints.Hit("compact.after-merge");
            if (written is not null)
            {
                CheckCounts(work, written);
                written = await _publisher.PublishAsync(directory, cancellationToken).ConfigureAwait(false);
            }

            _context.Failpoints.Hit("compact.after-publish");
            await MarkAsync(work, written, cancellationToken).ConfigureAwait(false);
            Tell(work, written, _context.Time.GetElapsedTime(started));
            return written;
        }
        finally
        {
            _context.Files.DeleteDirectory(directory);
        }
    }

    /// <summary>True when a block has samples, or windows, that one of the deletions covers or cuts.</summary>
    /// <exception cref="DamagedBlockException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<bool> HoldsAsync(BlockMeta meta, IEnumerable<SeriesDeletion> deletions, CancellationToken cancellationToken)
    {
        using var cache = new BlockSectionCache(CacheBytes);
        using BlockReader block = await OpenAsync(_context.Bucket, meta, cache, cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (SeriesDeletion deletion in deletions)
            {
                IQuerier querier = block.OpenQuerier(deletion.Range);
                await using (querier.ConfigureAwait(false))
                {
                    if (await HasSamplesAsync(querier, deletion, cancellationToken).ConfigureAwait(false))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
        catch (CorruptDataException damage)
        {
            throw new DamagedBlockException(meta.Id, damage);
        }
    }

    private static async Task<bool> HasSamplesAsync(IQuerier querier, SeriesDeletion deletion, CancellationToken cancellationToken)
    {
        var hints = new SelectHints(deletion.Range) { AcceptsWindows = true };
        ISeriesSet set = await querier.SelectAsync(false, hints, deletion.Matchers, cancellationToken).ConfigureAwait(false);
        await using (set.ConfigureAwait(false))
        {
            while (await set.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                SampleBuffer samples = set.Current.Samples;
                bool holds = samples.Count > 0 || samples.HistogramCount > 0;
                for (int i = 0; i < set.Current.Count && !holds; i++)
                {
                    holds = KeptSamples.TouchesWindows(set.Current, i, [deletion.Range]);
                }

                if (holds)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private async Task<BlockMeta?> MergeAsync(RewriteWork work, BlockId id, string directory, CancellationToken cancellationToken)
    {
        using var cache = new BlockSectionCache(CacheBytes);
        var readers = new List<BlockReader>();
        try
        {
            foreach (BlockMeta input in work.Inputs)
            {
                readers.Add(await OpenAsync(_context.Bucket, input, cache, cancellationToken).ConfigureAwait(false));
            }

            if (work.Inputs[0].ResolutionMs == 0 || work.Merge.Filter is null)
            {
                return await BlockMerger.MergeAsync(
                    readers, _context.Files, directory, work.OptionsOf(id), work.Merge, cancellationToken).ConfigureAwait(false);
            }

            // A filter sees windows, not the columns that they are stored as.
            WindowBuild build = await WindowBlockBuilder.BuildAsync(
                [.. readers.Select(static reader => new WindowInput(reader, QueryRange.All))], _context.Files, directory, work.OptionsOf(id), work.Merge.Filter,
                cancellationToken).ConfigureAwait(false);
            return build.Block;
        }
        finally
        {
            readers.ForEach(static reader => reader.Dispose());
        }
    }

    private static async Task<BlockReader> OpenAsync(IBucket bucket, BlockMeta meta, BlockSectionCache cache, CancellationToken cancellationToken)
    {
        try
        {
            return await BlockReader.OpenAsync(new BucketBlockSource(bucket, meta.Tenant, meta.Id, meta), cache, cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException damage)
        {
            throw new DamagedBlockException(meta.Id, damage);
        }
    }

    /// <summary>What was read must be there: all of it, or, where samples coincide or are left out, no more than that.</summary>
    /// <exception cref="InvalidDataException">Samples are missing or too many: the merge is wrong, and its result is not used.</exception>
    private static void CheckCounts(RewriteWork work, BlockMeta written)
    {
        long read = work.Inputs.Sum(CountOf);
        long kept = CountOf(written);
        if (kept > read || (work.KeepsAll && kept < (work.HasOverlaps ? work.Inputs.Max(CountOf) : read)))
        {
            throw new InvalidDataException($"block {written.Id} has {kept} samples, its sources have {read}");
        }
    }

    private static long CountOf(BlockMeta meta) => meta.Stats.FloatSamples + meta.Stats.HistogramSamples;

    private async Task MarkAsync(RewriteWork work, BlockMeta? written, CancellationToken cancellationToken)
    {
        foreach (BlockMeta input in work.Inputs)
        {
            await _marker.MarkForDeletionAsync(
                input.Tenant, input.Id, work.Reason, written is null ? [] : [written.Id], cancellationToken).ConfigureAwait(false);
            _context.Metrics.Marked(work.Reason);
            _context.Failpoints.Hit("compact.mid-marks");
        }
    }

    private void Tell(RewriteWork work, BlockMeta? written, TimeSpan elapsed)
    {
        string tenant = work.Inputs[0].Tenant.Name;
        if (written is null)
        {
            Log.NothingLeft(_context.Logger, work.Inputs.Count, tenant, work.Reason);
            return;
        }

        long samples = CountOf(written);
        _context.Metrics.Written(work.Reason, samples, elapsed);
        Log.Written(
            _context.Logger, written.Id.ToString(), tenant, work.Inputs.Count, work.Reason, written.Stats.Series, samples, written.SizeBytes,
            elapsed.TotalMilliseconds);
    }
}
