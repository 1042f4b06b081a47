using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Merging;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;
using RemoteStore.Tsdb;

namespace RemoteStore.Tool.Commands;

/// <summary>All samples of a tenant as received: the local store, log and memory included, and the raw blocks of the bucket, as one view.</summary>
internal sealed class StoredRaw : IAsyncDisposable
{
    private readonly StoppedStore _store;
    private readonly TenantId _tenant;
    private readonly TimeSeriesDatabase? _local;
    private readonly IReadOnlyList<BlockMeta> _blocks;
    private readonly BlockSectionCache _cache = new();

    private StoredRaw(StoppedStore store, TenantId tenant, TimeSeriesDatabase? local, IReadOnlyList<BlockMeta> blocks, SeriesDeletions deletions)
    {
        _store = store;
        _tenant = tenant;
        _local = local;
        _blocks = blocks;
        Deletions = deletions;
    }

    /// <summary>Samples that are deleted and may still be stored.</summary>
    public SeriesDeletions Deletions { get; }

    /// <summary>Opens everything; a local store replays its log, as when a server starts.</summary>
    /// <exception cref="IOException">Something cannot be read.</exception>
    public static async Task<StoredRaw> OpenAsync(StoppedStore store, TenantId tenant, CancellationToken cancellationToken)
    {
        BucketIndex index = (await store.Indexes.UpdateAsync(tenant, null, cancellationToken)).Index;
        BlockMeta[] raw = [.. index.Readable.Select(static block => block.Meta).Where(static meta => meta is { ResolutionMs: 0, IsEmpty: false })];
        IReadOnlyList<DeletionJob> jobs = await new DeletionJobStore(store.Bucket).ListAsync(
            tenant, static damaged => throw new IOException(damaged.Message, damaged), cancellationToken);
        TimeSeriesDatabase? local = null;
        if (store.Root is { } root && (Directory.Exists(Path.Combine(root, "wal")) || Directory.Exists(Path.Combine(root, "parts"))))
        {
            local = new TimeSeriesDatabase(
                new TsdbOptions { DataDirectory = root, BackgroundMerges = false }, LocalFileSystem.Instance, Failpoints.None,
                new TsdbMetrics(new MetricsRegistry()), NullLogger<TimeSeriesDatabase>.Instance, TimeProvider.System);
            await local.StartAsync(cancellationToken);
        }

        return new(
            store, tenant, local, [.. raw.Where(meta => !raw.Any(other => other.Supersedes(meta)))],
            new SeriesDeletions(jobs.Where(static job => job.IsOpen).SelectMany(static job => job.Deletions)));
    }

    /// <summary>Times within a range where samples may be stored, ascending and disjoint.</summary>
    public async Task<IReadOnlyList<QueryRange>> FindTimesAsync(QueryRange within, CancellationToken cancellationToken)
    {
        List<QueryRange> times = [.. _blocks.Select(static meta => new QueryRange(meta.MinTime, meta.MaxTime))];
        if (_local is not null)
        {
            await using IQuerier view = await _local.OpenQuerierAsync(_tenant, within, cancellationToken);
            times.AddRange(view is ILocalView local ? local.Holdings.Unsettled : [within]); // the bucket's readers are told of nothing here, so that it is all
        }

        return LocalHoldings.Join(times, within);
    }

    /// <summary>Opens a view of a range; null when nothing overlaps it.</summary>
    public async Task<IQuerier?> OpenQuerierAsync(QueryRange range, CancellationToken cancellationToken)
    {
        var queriers = new List<IQuerier>();
        try
        {
            if (_local is not null)
            {
                queriers.Add(await _local.OpenQuerierAsync(_tenant, range, cancellationToken));
            }

            foreach (BlockMeta meta in _blocks.Where(meta => meta.Overlaps(range)))
            {
                using BlockReader reader = await BlockReader.OpenAsync(new BucketBlockSource(_store.Bucket, _tenant, meta.Id, meta), _cache, cancellationToken);
                queriers.Add(reader.OpenQuerier(range)); // which holds the block from here on
            }

            return queriers.Count == 0 ? null : MergedQuerier.Over(queriers);
        }
        catch
        {
            foreach (IQuerier querier in queriers)
            {
                await querier.DisposeAsync();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_local is not null)
        {
            await _local.DisposeAsync();
        }

        _cache.Dispose();
    }
}
