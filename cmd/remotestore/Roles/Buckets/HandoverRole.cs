using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Primitives.Threading;

namespace RemoteStore.Server.Roles.Buckets;

/// <summary>Hands blocks of the local store on to the bucket, and keeps what this process knows of the bucket fresh. Started behind the store.</summary>
internal sealed class HandoverRole : IRole
{
    private readonly BucketStorage _bucket;
    private readonly BackgroundLoop _uploads;
    private readonly BackgroundLoop _refreshes;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];

    /// <summary>Prepares the loops.</summary>
    /// <param name="context">The process.</param>
    /// <param name="bucket">Where to.</param>
    /// <param name="local">Where blocks are cut.</param>
    /// <param name="uploads">Does the work.</param>
    public HandoverRole(RoleContext context, BucketStorage bucket, ILocalBlocks local, BlockUploads uploads)
    {
        _bucket = bucket;
        ILogger logger = context.Loggers.CreateLogger<HandoverRole>();
        BlockStore.BlockStoreOptions options = context.Options.Blocks;
        _uploads = new BackgroundLoop(
            stop => uploads.RunAsync(stop),
            options.UploadRetryDelay,
            e => Log.WorkFailed(logger, e, "handing blocks on to the object store", options.UploadRetryDelay.TotalSeconds),
            options.UploadRetryDelay,
            context.Time);
        _refreshes = new BackgroundLoop(
            bucket.View.RefreshAsync,
            options.IndexRefreshInterval,
            e => Log.WorkFailed(logger, e, "loading the lists of blocks", options.UploadRetryDelay.TotalSeconds),
            options.UploadRetryDelay,
            context.Time);
        local.BlockCut = _uploads.Wake;
        bucket.View.Changed = _uploads.Wake; // what is listed now may leave the local disk
    }

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        // Its state is told by the status of the object store.
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (BackgroundLoop loop in (BackgroundLoop[])[_refreshes, _uploads])
        {
            _loops.Add(Task.Run(() => loop.RunAsync(_stop.Token), CancellationToken.None));
        }

        _uploads.Wake();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _bucket.View.Changed = null;
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        _uploads.Dispose();
        _refreshes.Dispose();
        _stop.Dispose();
    }
}
