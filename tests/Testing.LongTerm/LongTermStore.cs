using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Compactor;
using RemoteStore.Compactor.Planning;
using RemoteStore.Distributor.Deletions;
using RemoteStore.Downsampler;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;
using RemoteStore.Querier.Deletions;
using RemoteStore.Querier.Sources;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway;
using RemoteStore.Telemetry;
using RemoteStore.Tsdb;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Testing.LongTerm;

/// <summary>What a process does with a bucket behind its store, each on request, put together as the server does it.</summary>
public sealed class LongTermStore : IAsyncDisposable
{
    /// <summary>Windows that downsampling makes, with the age at which it does; days are made as a whole.</summary>
    public static readonly IReadOnlyList<DownsampleTier> Tiers =
        [new(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)), new(TimeSpan.FromMinutes(10), TimeSpan.FromHours(30))];

    private readonly TimeSeriesDatabase _store;
    private readonly BucketIndexUpdater _updater;
    private readonly BlockUploads _uploads;
    private readonly CompactorService _compactor;
    private readonly DownsamplerService _downsampler;
    private readonly BucketQueryable _gateway;
    private readonly MergedQueryable _merged;
    private readonly DeletionCatalog _deletions;

    /// <summary>Puts it together.</summary>
    /// <param name="store">The store of recent data.</param>
    /// <param name="bucket">The bucket; outlives this.</param>
    /// <param name="directory">The process' folder.</param>
    /// <param name="files">Its files.</param>
    /// <param name="retention">How long samples are kept; zero = for ever.</param>
    /// <param name="metrics">Where metrics go.</param>
    /// <param name="random">Makes ids; goes on over restarts, so that none is made twice.</param>
    /// <param name="time">The clock.</param>
    public LongTermStore(
        TimeSeriesDatabase store, IBucket bucket, string directory, IFileSystem files, TimeSpan retention, MetricsRegistry metrics, Random random,
        TimeProvider time)
    {
        _store = store;
        ILogger logger = NullLogger.Instance;
        var blockMetrics = new BlockStoreMetrics(metrics);
        var indexes = new BucketIndexStore(bucket, time);
        var view = new BucketIndexView(indexes, blockMetrics, logger);
        _updater = new BucketIndexUpdater(indexes, view, blockMetrics, logger, time);
        var options = new BlockStoreOptions { HotPeriod = TimeSpan.FromMinutes(40) };
        _uploads = new BlockUploads(store.LocalBlocks, new BlockUploader(bucket, Failpoints.None), view, options, "bucket", blockMetrics, logger, time)
        {
            Uploaded = _updater.Expect,
        };
        var limits = new UniformTenantLimits(
            new TenantLimits { Retention = new TenantRetention { Raw = retention, Made = [.. Tiers.Select(static tier => tier.ResolutionMs)] } });
        _deletions = new DeletionCatalog(
            new DeletionJobStore(bucket), view, time, random, store.NoteDeletion, static _ => { }, NullLogger<DeletionCatalog>.Instance);
        _compactor = new CompactorService(
            new CompactorContext
            {
                Options = new CompactorOptions
                {
                    WorkDirectory = Path.Combine(directory, "compactor"),
                    DeletionDelay = TimeSpan.FromMinutes(10),
                    PartialDelay = TimeSpan.FromHours(1),
                    RetryDelay = TimeSpan.FromSeconds(1),
                    Rules = new CompactionRules
                    {
                        Levels =
                        [
                            new((long)TimeSpan.FromMinutes(5).TotalMilliseconds, 1L << 30), new((long)TimeSpan.FromMinutes(15).TotalMilliseconds, 1L << 30),
                            new((long)TimeSpan.FromHours(1).TotalMilliseconds, 1L << 30), new((long)TimeSpan.FromHours(24).TotalMilliseconds, 1L << 30),
                        ],
                        Settle = TimeSpan.FromMinutes(3),
                        Gather = TimeSpan.FromMinutes(1),
                    },
                },
                Bucket = bucket,
                UpdateIndex = (tenant, token) => _updater.UpdateAsync(tenant, token),
                Deletions = _deletions,
                LocalHoldings = HoldingsAsync,
                Files = files,
                Metrics = new CompactorMetrics(metrics),
                Logger = logger,
                Time = time,
                Random = random,
            },
            limits);
        _downsampler = new DownsamplerService(
            new DownsamplerContext
            {
                Options = new DownsamplerOptions { WorkDirectory = Path.Combine(directory, "downsampler"), Tiers = Tiers, CompactionGrace = TimeSpan.FromMinutes(30) },
                Bucket = bucket,
                Files = files,
                Metrics = new DownsamplerMetrics(metrics),
                Logger = logger,
                Time = time,
                Random = random,
                Deletions = _deletions,
                RetentionOf = tenant => limits.For(tenant).Retention,
            },
            published: null);
        _gateway = new BucketQueryable(bucket, view, limits, new StoreGatewayOptions { CacheBytes = 8 << 20 }, metrics, NullLogger<BucketQueryable>.Instance, time, store.LocalBlocks);
        _merged = new MergedQueryable(
            [new QuerySource("recent", store), new QuerySource("blocks", _gateway)], metrics, NullLogger<MergedQueryable>.Instance, time);
        Versions = new MergedVersions(store, _gateway);
        Queryable = new UndeletedQueryable(_merged, _deletions);
        Appender = new DeletionGuard(store, _deletions, LabelLimits.Default);
    }

    /// <summary>All samples, wherever they are.</summary>
    public IQueryable Queryable { get; }

    /// <summary>Tells when answers do not hold any more.</summary>
    public IWriteVersions Versions { get; }

    /// <summary>Takes samples that are not for what is deleted.</summary>
    public IAppender Appender { get; }

    /// <summary>Hands blocks on; false when the bucket failed.</summary>
    public async Task<bool> UploadAsync()
    {
        bool works = await _uploads.RunAsync(CancellationToken.None);
        _ = await _compactor.UpdateIndexesAsync(CancellationToken.None);
        return works && await _uploads.RunAsync(CancellationToken.None); // lets go of what is listed now
    }

    /// <summary>Joins blocks, removes what is to go.</summary>
    public Task CompactAsync() => _compactor.RunRoundAsync(CancellationToken.None);

    /// <summary>Makes windows, and lists them.</summary>
    /// <returns>Blocks made.</returns>
    public async Task<int> DownsampleAsync()
    {
        int made = await _downsampler.RunRoundAsync(CancellationToken.None);
        _ = await _compactor.UpdateIndexesAsync(CancellationToken.None);
        return made;
    }

    /// <summary>Deletes series.</summary>
    public async Task DeleteAsync(TenantId tenant, IReadOnlyList<LabelMatcher> matchers, QueryRange range) =>
        _ = await _deletions.DeleteAsync(tenant, [matchers], range, CancellationToken.None);

    /// <summary>Jobs of a tenant that are not over.</summary>
    public async Task<int> CountOpenDeletionsAsync(TenantId tenant) => (await _deletions.ListOpenAsync(tenant, CancellationToken.None)).Count;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _compactor.DisposeAsync();
        await _downsampler.DisposeAsync();
        _merged.Dispose();
        _gateway.Dispose();
        _updater.Dispose();
    }

    private async ValueTask<LocalHoldings> HoldingsAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken)
    {
        await using IQuerier querier = await _store.OpenQuerierAsync(tenant, range, cancellationToken);
        return querier is ILocalView view ? view.Holdings : LocalHoldings.None;
    }
}
