using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Publishing;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Damage;

/// <summary>
/// Sets damaged blocks aside. What they were made of is read again where it is still there; else what can be read of them becomes a new block, which is published
/// before the damaged one is marked. May be repeated, by several at once: of two blocks saved of one, readers leave out one.
/// </summary>
public sealed class BlockQuarantine
{
    private const long CacheBytes = 16 << 20;

    private readonly BlockPublisher _publisher;
    private readonly BlockMarker _marker;

    /// <summary>Prepares.</summary>
    /// <param name="publisher">Publishes what could be saved.</param>
    /// <param name="marker">Writes the marks.</param>
    public BlockQuarantine(BlockPublisher publisher, BlockMarker marker)
    {
        _publisher = publisher;
        _marker = marker;
    }

    /// <summary>Where the blocks are.</summary>
    public required IBucket Bucket { get; init; }

    /// <summary>The local disk.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>Makes a new id.</summary>
    public required Func<BlockId> NewBlockId { get; init; }

    /// <summary>Local directory of a block on its way.</summary>
    public required Func<TenantId, BlockId, string> WorkDirectoryOf { get; init; }

    /// <summary>Sets a block aside.</summary>
    /// <param name="index">The tenant's index.</param>
    /// <param name="meta">The block.</param>
    /// <param name="why">What does not hold.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="IOException">What is left could not be saved, or the mark not written; the block is as it was.</exception>
    public async Task<QuarantineReport> SetAsideAsync(BucketIndex index, BlockMeta meta, string why, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(meta);
        if (await Bucket.StatAsync(BucketLayout.BrokenMark(meta.Tenant, meta.Id), cancellationToken).ConfigureAwait(false) is not null)
        {
            return new QuarantineReport(0, "another process has set it aside"); // since the index was made
        }

        var sources = new HeldSources(index, index.Blocks.Where(block => IsThereWithout(index, block, meta)).Select(static block => block.Meta));
        BlockSalvage salvage = sources.AreIn(meta) || (meta.ResolutionMs > 0 && sources.AreInRaw(meta))
            ? new BlockSalvage(null, 0, null, "other blocks hold its samples")
            : await SalvageAsync(meta, cancellationToken).ConfigureAwait(false);
        await _marker.MarkBrokenAsync(meta.Tenant, meta.Id, $"{why}; {salvage.Report}", salvage.LostRange, cancellationToken).ConfigureAwait(false);
        return new QuarantineReport(salvage.LostSamples, salvage.Report);
    }

    /// <summary>True when the block is sound and is, or would be, read once the damaged one is not.</summary>
    private static bool IsThereWithout(BucketIndex index, BlockRecord block, BlockMeta damaged) =>
        block.Id != damaged.Id && !index.BrokenMarks.ContainsKey(block.Id)
        && (!index.DeletionMarks.TryGetValue(block.Id, out DeletionMark? mark)
            || mark.ReplacedBy.Any(by => by == damaged.Id || index.BrokenMarks.ContainsKey(by)));

    private async Task<BlockSalvage> SalvageAsync(BlockMeta meta, CancellationToken cancellationToken)
    {
        using var cache = new BlockSectionCache(CacheBytes);
        BlockReader damaged;
        try
        {
            damaged = await BlockReader.OpenAsync(
                new BucketBlockSource(Bucket, meta.Tenant, meta.Id, meta), cache, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is CorruptDataException or ObjectNotFoundException)
        {
            return Nothing(meta, e.Message);
        }

        using (damaged)
        {
            BlockId id = NewBlockId();
            string directory = WorkDirectoryOf(meta.Tenant, id);
            try
            {
                BlockSalvage salvage = await BlockSalvager.CopyAsync(
                    damaged, Files, directory, OptionsOf(meta, id), cancellationToken).ConfigureAwait(false);
                if (salvage.Left is not null)
                {
                    _ = await _publisher.PublishAsync(directory, cancellationToken).ConfigureAwait(false);
                }

                return salvage;
            }
            catch (ObjectNotFoundException e)
            {
                return Nothing(meta, e.Message);
            }
            finally
            {
                Files.DeleteDirectory(directory);
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
}
