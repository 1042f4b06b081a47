using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Windows;
using RemoteStore.BlockStore.Publishing;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Downsampler.Planning;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Downsampler;

/// <summary>
/// Makes one block of windows: on the local disk first, then published. A crash before that leaves the bucket as it was. What the block supersedes is marked by
/// whoever keeps the bucket in order; readers do without it at once.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class WindowBlockMaker : IDisposable
{
    private const long CacheBytes = 16 << 20; // indexes, and pages of finer windows, at hand; everything is read once

    private readonly DownsamplerContext _context;
    private readonly BlockPublisher _publisher;
    private readonly BlockSectionCache _cache = new(CacheBytes); // one for all blocks: its buffers are used again

    public WindowBlockMaker(DownsamplerContext context, BlockPublisher publisher)
    {
        _context = context;
        _publisher = publisher;
    }

    /// <summary>Makes the block.</summary>
    /// <returns>What is in the bucket now; null when nothing was to be kept.</returns>
    /// <exception cref="DamagedBlockException">An input is damaged.</exception>
    /// <exception cref="IOException">Something could not be read or written.</exception>
    public async Task<BlockMeta?> MakeAsync(DownsampleJob job, CancellationToken cancellationToken)
    {
        long started = _context.Time.GetTimestamp();
        TenantId tenant = job.Inputs[0].Block.Tenant;
        BlockId id = _context.NewBlockId();
        string directory = _context.WorkDirectoryOf(tenant, id);
        try
        {
            WindowBuild build = await BuildAsync(job, tenant, id, directory, cancellationToken).ConfigureAwait(false);
            _context.Failpoints.Hit("downsample.after-build");
            BlockMeta? published = build.Block is null ? null : await _publisher.PublishAsync(directory, cancellationToken).ConfigureAwait(false);
            Tell(job, build, tenant, id, _context.Time.GetElapsedTime(started));
            return published;
        }
        finally
        {
            _context.Files.DeleteDirectory(directory);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    private async Task<WindowBuild> BuildAsync(DownsampleJob job, TenantId tenant, BlockId id, string directory, CancellationToken cancellationToken)
    {
        SeriesDeletions deletions = _context.Deletions is null
            ? SeriesDeletions.None
            : await _context.Deletions.GetAsync(tenant, cancellationToken).ConfigureAwait(false);
        var inputs = new List<WindowInput>();
        try
        {
            foreach (DownsampleInput input in job.Inputs)
            {
                inputs.Add(new WindowInput(await OpenAsync(input.Block, cancellationToken).ConfigureAwait(false), input.Range));
            }

            return await WindowBlockBuilder.BuildAsync(
                inputs, _context.Files, directory, job.OptionsOf(id), deletions.IsEmpty ? null : new DeletionFilter(deletions), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (WindowInput input in inputs)
            {
                input.Block.Dispose();
            }
        }
    }

    private async Task<BlockReader> OpenAsync(BlockMeta meta, CancellationToken cancellationToken)
    {
        try
        {
            return await BlockReader.OpenAsync(
                new BucketBlockSource(_context.Bucket, meta.Tenant, meta.Id, meta), _cache, cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException damage)
        {
            throw new DamagedBlockException(meta.Id, damage);
        }
    }

    private void Tell(DownsampleJob job, WindowBuild build, TenantId tenant, BlockId id, TimeSpan elapsed)
    {
        _context.Metrics.Written(job.ResolutionMs, build, elapsed);
        Log.Written(
            _context.Logger, id.ToString(), job.ResolutionMs, tenant.Name, job.Inputs.Count, build.Series, build.InputSamples, build.Block?.SizeBytes ?? 0,
            elapsed.TotalMilliseconds);
        if (build.LeftOutCount > 0)
        {
            Log.SeriesLeftOut(_context.Logger, build.LeftOutCount, tenant.Name, build.LeftOut[0]);
        }

        if (build.UnreadableHistograms > 0)
        {
            Log.HistogramsUnreadable(_context.Logger, build.UnreadableHistograms, tenant.Name, id.ToString());
        }
    }
}
