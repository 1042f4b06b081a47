using RemoteStore.BlockStore;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.ObjectStore.S3;
using RemoteStore.Server.Hosting;
using RemoteStore.Server.Options;

namespace RemoteStore.Server.Roles.Buckets;

/// <summary>
/// The bucket that the options name, retried and metered for each role that uses it, and what this process knows of the blocks in it. First of the roles: the
/// others are made with it.
/// </summary>
internal sealed class BucketStorage : IRole
{
    private readonly RoleContext _context;
    private readonly S3Bucket? _s3;
    private readonly IBucket _bucket;

    /// <summary>Opens the bucket; nothing is asked of S3 before <see cref="StartAsync"/>.</summary>
    /// <exception cref="StartupException">The directory or the credentials file cannot be used.</exception>
    public BucketStorage(RoleContext context)
    {
        _context = context;
        ObjectStoreOptions options = context.Options.ObjectStore;
        Usage = new ObjectStoreMetrics(context.Metrics);
        Metrics = new BlockStoreMetrics(context.Metrics);
        _s3 = options.Backend == ObjectStoreBackend.S3 ? OpenS3(options) : null;
        IBucket whole = options.Backend switch
        {
            ObjectStoreBackend.S3 when _s3 is not null => _s3,
            ObjectStoreBackend.Memory => new MemoryBucket(context.Time),
            _ => OpenDirectory(context),
        };
        string prefix = options.Prefix.Trim('/');
        _bucket = prefix.Length == 0 ? whole : new PrefixedBucket(whole, prefix + "/");

        IndexStore = new BucketIndexStore(For("store-gateway"), context.Time);
        View = new BucketIndexView(IndexStore, Metrics, context.Loggers.CreateLogger<BucketIndexView>());
        IBucket updates = For("compactor");
        Updater = new BucketIndexUpdater(
            updates, new BucketIndexStore(updates, context.Time), View, Metrics, context.Loggers.CreateLogger<BucketIndexUpdater>());
    }

    /// <summary>What to call the bucket in messages.</summary>
    public string Description => _bucket.Description;

    /// <summary>True when conditional writes are atomic.</summary>
    public bool IsCreateAtomic => _bucket.IsCreateAtomic;

    /// <summary>How blocks are handed on. What only memory has besides stays on the local disk.</summary>
    public BlockStoreOptions Handover => _context.Options.Blocks with { KeepLocalBlocks = _context.Options.ObjectStore.Backend == ObjectStoreBackend.Memory };

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
        new MeteredBucket(_bucket, Usage, role, _context.Time, static key => BucketLayout.TryParseTenant(key, out TenantId tenant) ? tenant.Name : ""),
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
    /// Tries the bucket. One that refuses us ends the start, for it would refuse everything later; one that does not answer does not: writes are taken without
    /// it, and blocks wait on the local disk.
    /// </summary>
    /// <exception cref="StartupException">The credentials are refused, or the bucket does not exist.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_s3 is null)
        {
            return;
        }

        _context.Readiness.SetStarting($"trying {Description}");
        using var timeout = new CancellationTokenSource(_context.Options.ObjectStore.Retry.AttemptTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        ILogger logger = _context.Loggers.CreateLogger<BucketStorage>();
        try
        {
            await _s3.ProbeAsync(either.Token);
        }
        catch (BucketException e) when (!e.IsTransient)
        {
            throw new StartupException($"{_s3.Description} cannot be used: {e.Message}; see the options storage.object-store.s3", e);
        }
        catch (BucketException e)
        {
            Log.ObjectStoreDown(logger, _s3.Description, e.Message);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Log.ObjectStoreDown(logger, _s3.Description, "no answer in time");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Updater.Dispose();
        _s3?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static S3Bucket OpenS3(ObjectStoreOptions options) =>
        new(options.CredentialsFile.Length == 0 ? options.S3 : S3Credentials.Read(options.S3, options.CredentialsFile));

    private static FileSystemBucket OpenDirectory(RoleContext context)
    {
        string directory = context.Options.ObjectStore.Directory;
        directory = directory.Length > 0 ? directory : Path.Combine(context.Options.Storage.DataDirectory, "bucket");
        try
        {
            return new FileSystemBucket(context.Files, directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"the object store in {directory} cannot be opened: {e.Message}; see the option storage.object-store.directory", e);
        }
    }
}
