using RemoteStore.BlockStore;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Places;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.Server.Hosting;

namespace RemoteStore.Server.Roles.Buckets;

/// <summary>
/// The bucket that the options name, retried and metered for each role that uses it, and what this process knows of the blocks in it. First of the roles: the
/// others are made with it.
/// </summary>
internal sealed class BucketStorage : IRole
{
    private readonly RoleContext _context;
    private readonly ObjectStorePlace _place;
    private readonly S3Upkeep? _upkeep;

    /// <summary>Opens the bucket; nothing is asked of S3 before <see cref="StartAsync"/>.</summary>
    /// <exception cref="StartupException">The directory or the credentials file cannot be used.</exception>
    public BucketStorage(RoleContext context)
    {
        _context = context;
        _place = Open(context);
        _upkeep = _place.S3 is null ? null : new S3Upkeep(_place.S3, context);
        Usage = new ObjectStoreMetrics(context.Metrics);
        Metrics = new BlockStoreMetrics(context.Metrics);
        IndexStore = new BucketIndexStore(For("store-gateway"), context.Time);
        View = new BucketIndexView(IndexStore, Metrics, context.Loggers.CreateLogger<BucketIndexView>());
        IBucket updates = For("compactor");
        Updater = new BucketIndexUpdater(
            new BucketIndexStore(updates, context.Time), View, Metrics, context.Loggers.CreateLogger<BucketIndexUpdater>(), context.Time);
    }

    /// <summary>What to call the bucket in messages.</summary>
    public string Description => _place.Bucket.Description;

    /// <summary>True when conditional writes are atomic.</summary>
    public bool IsCreateAtomic => _place.Bucket.IsCreateAtomic;

    /// <summary>False when what is in the bucket is gone with the process.</summary>
    public bool IsLasting => _context.Options.ObjectStore.Backend != ObjectStoreBackend.Memory;

    /// <summary>How blocks are handed on. What only memory has besides stays on the local disk.</summary>
    public BlockStoreOptions Handover => _context.Options.Blocks with { KeepLocalBlocks = !IsLasting };

    /// <summary>What was asked of the bucket, by role and tenant.</summary>
    public ObjectStoreMetrics Usage { get; }

    /// <summary>Instruments of blocks in the bucket.</summary>
    public BlockStoreMetrics Metrics { get; }

    /// <summary>Loads bucket indexes.</summary>
    public BucketIndexStore IndexStore { get; }

    /// <summary>The bucket indexes as readers of this process see them.</summary>
    public BucketIndexView View { get; }

    /// <summary>Makes bucket indexes anew.</summary>
    public BucketIndexUpdater Updater { get; }

    /// <summary>The bucket for a role: retried, and metered by the role's name (<c>ingester</c>, <c>store-gateway</c>, <c>compactor</c>, …).</summary>
    public IBucket For(string role) => new RetryingBucket(
        new MeteredBucket(_place.Bucket, Usage, role, _context.Time, static key => BucketLayout.TryParseTenant(key, out TenantId tenant) ? tenant.Name : ""),
        _context.Options.ObjectStore.Retry,
        _context.Time,
        Random.Shared,
        Usage.Retried);

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        // What others may ask of it is served by the roles that use it.
    }

    /// <summary>
    /// Tries a bucket of S3. One that refuses us ends the start, for it would refuse everything later; one that does not answer does not: writes are taken without
    /// it, and blocks wait on the local disk.
    /// </summary>
    /// <exception cref="StartupException">The credentials are refused, or the bucket does not exist.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_upkeep is not null)
        {
            _context.Readiness.SetStarting($"trying {Description}");
            await _upkeep.StartAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_upkeep is not null)
        {
            await _upkeep.DisposeAsync();
        }

        Updater.Dispose();
        _place.Dispose();
    }

    private static ObjectStorePlace Open(RoleContext context)
    {
        ObjectStoreOptions options = context.Options.ObjectStore;
        try
        {
            return ObjectStorePlace.Open(options, context.Options.Storage.DataDirectory, context.Files, context.Time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                options.Backend == ObjectStoreBackend.S3 ? e.Message : $"the object store cannot be opened: {e.Message}; see the option {ObjectStoreSettings.Directory}", e);
        }
    }
}
