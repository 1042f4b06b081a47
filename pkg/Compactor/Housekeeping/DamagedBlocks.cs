using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Publishing;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Compactor.Housekeeping;

/// <summary>
/// Sets damaged blocks aside, so that the rest goes on. What they were made of is read again where it is still there; else what can be read of them becomes a
/// new block, which is published before the damaged one is marked.
/// </summary>
internal sealed class DamagedBlocks(CompactorContext context, BlockPublisher publisher, BlockMarker marker)
{
    private const long CacheBytes = 16 << 20;

    private readonly HashSet<(BlockId, long UploadedAtMs)> _checked = []; // damaged again as uploaded then

    /// <summary>Sets a block aside.</summary>
    /// <param name="index">The tenant's index.</param>
    /// <param name="meta">The block.</param>
    /// <param name="why">What does not hold.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IOException">What is left could not be saved, or the mark not written; the block is as it was.</exception>
    public async Task SetAsideAsync(BucketIndex index, BlockMeta meta, string why, CancellationToken cancellationToken)
    {
        var sources = new HeldSources(index, index.Blocks.Where(block => IsThereWithout(index, block, meta)).Select(static block => block.Meta));
        if (sources.AreIn(meta) || (meta.ResolutionMs > 0 && sources.AreInRaw(meta)))
        {
            await EndAsync(meta, why, null, 0, "other blocks hold its samples", cancellationToken).ConfigureAwait(false);
            return;
        }

        BlockSalvage salvage = await SalvageAsync(meta, cancellationToken).ConfigureAwait(false);
        await EndAsync(meta, why, salvage.LostRange, salvage.LostSamples, salvage.Report, cancellationToken).ConfigureAwait(false);
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
                && await IsSoundAsync(block.Meta, cancellationToken).ConfigureAwait(false))
            {
                await marker.UnmarkBrokenAsync(index.Tenant, mark.Block, cancellationToken).ConfigureAwait(false);
                Log.SoundAgain(context.Logger, mark.Block.ToString(), index.Tenant.Name);
                any = true;
            }
        }

        return any;
    }

    /// <summary>True when the block is sound and is, or would be, read once the damaged one is not.</summary>
    private static bool IsThereWithout(BucketIndex index, BlockRecord block, BlockMeta damaged) =>
        block.Id != damaged.Id && !index.BrokenMarks.ContainsKey(block.Id)
        && (!index.DeletionMarks.TryGetValue(block.Id, out DeletionMark? mark)
            || mark.ReplacedBy.Any(by => by == damaged.Id || index.BrokenMarks.ContainsKey(by)));

    private async Task<bool> IsSoundAsync(BlockMeta meta, CancellationToken cancellationToken)
    {
        try
        {
            await BlockReadBack.CheckAsync(context.Bucket, meta, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is CorruptDataException or ObjectNotFoundException)
        {
            return false;
        }
    }

    private async Task<BlockSalvage> SalvageAsync(BlockMeta meta, CancellationToken cancellationToken)
    {
        using var cache = new BlockSectionCache(CacheBytes);
        BlockReader damaged;
        try
        {
            damaged = await BlockReader.OpenAsync(
                new BucketBlockSource(context.Bucket, meta.Tenant, meta.Id, meta), cache, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is CorruptDataException or ObjectNotFoundException)
        {
            return Nothing(meta, e.Message);
        }

        using (damaged)
        {
            BlockId id = context.NewBlockId();
            string directory = context.WorkDirectoryOf(meta.Tenant, id);
            try
            {
                BlockSalvage salvage = await BlockSalvager.CopyAsync(
                    damaged, context.Files, directory, OptionsOf(meta, id), cancellationToken).ConfigureAwait(false);
                if (salvage.Left is not null)
                {
                    _ = await publisher.PublishAsync(directory, cancellationToken).ConfigureAwait(false);
                }

                return salvage;
            }
            catch (ObjectNotFoundException e)
            {
                return Nothing(meta, e.Message);
            }
            finally
            {
                context.Files.DeleteDirectory(directory);
            }
        }
    }

    /// <summary>
    /// A raw block counts as one cut anew: were it to name the sources of the damaged one, it would hide others that still have what is lost here. A downsampled
    /// block keeps them, so that nothing is summed up twice.
    /// </summary>
    private static BlockWriterOptions OptionsOf(BlockMeta meta, BlockId id) => new()
    {
        Id = id,
        Tenant = meta.Tenant,
        Range = meta.Range,
        ResolutionMs = meta.ResolutionMs,
        Level = meta.ResolutionMs == 0 ? 1 : meta.Level + 1,
        Sources = meta.ResolutionMs == 0 ? [meta.Id.ToString()] : meta.Sources,
        Parents = [meta.Id],
    };

    private static BlockSalvage Nothing(BlockMeta meta, string why)
    {
        long samples = meta.Stats.FloatSamples + meta.Stats.HistogramSamples;
        return new(
            null, samples, new QueryRange(meta.MinTime, meta.MaxTime),
            string.Create(CultureInfo.InvariantCulture, $"all of its {samples} samples are lost: {why}"));
    }

    private async Task EndAsync(BlockMeta meta, string why, QueryRange? lost, long lostSamples, string salvage, CancellationToken cancellationToken)
    {
        await marker.MarkBrokenAsync(meta.Tenant, meta.Id, $"{why}; {salvage}", lost, cancellationToken).ConfigureAwait(false);
        context.Metrics.SetAside(lostSamples);
        Log.SetAside(context.Logger, meta.Id.ToString(), meta.Tenant.Name, why, salvage);
    }
}
