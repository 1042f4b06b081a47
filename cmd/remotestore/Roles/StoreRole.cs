using RemoteStore.Api;
using RemoteStore.Api.Rules;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Distributor.Deletions;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Service;
using RemoteStore.Querier;
using RemoteStore.Querier.Deletions;
using RemoteStore.Querier.Monitoring;
using RemoteStore.QueryFrontend;
using RemoteStore.Server.Roles.Buckets;
using RemoteStore.Tsdb;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Server.Roles;

/// <summary>Everything in one process: the store of recent data with writing and reading in front of it; calls are method calls.</summary>
internal sealed class StoreRole : IRole
{
    private readonly RoleContext _context;
    private readonly BucketStorage _bucket;
    private readonly TimeSeriesDatabase _store;
    private readonly StoredSamples _stored;
    private readonly EngineQueryService _engine;
    private readonly UndeletedQueryable _samples;
    private readonly FrontendQueryService _frontend;
    private readonly MonitoredQueryService _queries;

    /// <summary>Creates the role; the store is opened by <see cref="StartAsync"/>.</summary>
    public StoreRole(RoleContext context, BucketStorage bucket)
    {
        _context = context;
        _bucket = bucket;
        _store = new TimeSeriesDatabase(
            StoreOptions(context, bucket.IsLasting),
            context.Files,
            context.Failpoints,
            new TsdbMetrics(context.Metrics),
            context.Loggers.CreateLogger<TimeSeriesDatabase>(),
            context.Time);
        Uploads = new BlockUploads(
            _store.LocalBlocks,
            new BlockUploader(bucket.For("ingester"), context.Failpoints),
            bucket.View,
            bucket.Handover,
            bucket.Description,
            bucket.Metrics,
            context.Loggers.CreateLogger<BlockUploads>(),
            context.Time)
        {
            Uploaded = bucket.Updater.Expect,
            HotPeriodOf = tenant => HotPeriodOf(context, tenant),
        };
        Deletions = new DeletionCatalog(
            new DeletionJobStore(bucket.For("querier")),
            bucket.View,
            context.Time,
            new Random(),
            _store.NoteDeletion,
            tenant => RemoveDeleted?.Invoke(tenant),
            context.Loggers.CreateLogger<DeletionCatalog>());
        _stored = new StoredSamples(context, _store, bucket);
        _samples = new UndeletedQueryable(_stored, Deletions);
        _engine = new EngineQueryService(new QueryEngine(context.Options.Query, context.Time), _samples);
        _frontend = new FrontendQueryService(
            _engine,
            _stored.Versions,
            context.Options.QueryFrontend,
            context.Options.Query,
            context.Limits,
            context.Metrics,
            context.Time);
        _queries = new MonitoredQueryService(
            _frontend,
            context.Options.QueryMonitor,
            new QuerierMetrics(context.Metrics),
            context.Loggers.CreateLogger<MonitoredQueryService>(),
            context.Time);
    }

    /// <summary>The store of recent data.</summary>
    public IQueryable Local => _store;

    /// <summary>The store's blocks, for who hands them on to the bucket.</summary>
    public ILocalBlocks LocalBlocks => _store.LocalBlocks;

    /// <summary>Hands them on.</summary>
    public BlockUploads Uploads { get; }

    /// <summary>The store, for roles that work on it.</summary>
    public StoreAccess Access => new(_store, _samples, _engine);

    /// <summary>Rules that the API lists.</summary>
    public IRuleDirectory Rules { get; set; } = new NoRules();

    /// <summary>What is deleted and may still be stored.</summary>
    public DeletionCatalog Deletions { get; }

    /// <summary>Called when a tenant's deleted samples are to be removed from the bucket without waiting; null = they wait.</summary>
    public Action<TenantId>? RemoveDeleted { get; set; }

    /// <summary>Told of blocks in the bucket that queries find damaged; null = they are set aside when they are next joined with others.</summary>
    public Action<BlockMeta>? BlockDamaged
    {
        get => _stored.Damaged;
        set => _stored.Damaged = value;
    }

    /// <summary>Computes answers of a tenant anew that were kept: what they would be now depends on limits that have changed.</summary>
    public void ForgetAnswers(TenantId tenant) => _stored.ForgetAnswers(tenant);

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapStore(
            new DeletionGuard(_store, Deletions, _context.Options.Limits.Defaults.Labels),
            new ReadApiStores(_queries, _queries, _samples, new UndeletedExemplars(_store, Deletions), _store, _store, _store, _store)
            {
                ObjectStore = new ObjectStoreStatus(_bucket, Uploads),
                Rules = Rules,
                Deleter = Deletions,
            },
            ProcessFacts.Of(_context.Options, _context.Time),
            _context);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _context.Readiness.SetStarting("loading the data directory, /api/v1/status/walreplay tells how far");
        return _store.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _frontend.DisposeAsync();
        _stored.Dispose();
        await _store.DisposeAsync();
    }

    private static TsdbOptions StoreOptions(RoleContext context, bool isBucketLasting)
    {
        TenantLimits limits = context.Options.Limits.Defaults;
        return context.Options.Storage with
        {
            LabelLimits = limits.Labels,
            MaxExemplars = limits.MaxExemplars,
            MaxActiveSeries = limits.MaxActiveSeries,
            RetentionOf = tenant => RetentionOf(context.Limits.For(tenant).Retention, isBucketLasting),
        };
    }

    /// <summary>What windows are still to be made of waits for its upload, however old it is.</summary>
    private static LocalRetention RetentionOf(TenantRetention retention, bool isBucketLasting) =>
        new(retention.Raw, isBucketLasting ? retention.Needed : retention.Raw);

    /// <summary>Samples past their retention are not read here, so their blocks need not stay.</summary>
    private static TimeSpan HotPeriodOf(RoleContext context, TenantId tenant)
    {
        TenantLimits limits = context.Limits.For(tenant);
        TimeSpan hot = limits.HotPeriod ?? context.Options.Blocks.HotPeriod;
        return limits.Retention.Raw > TimeSpan.Zero && limits.Retention.Raw < hot ? limits.Retention.Raw : hot;
    }
}
