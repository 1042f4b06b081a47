using RemoteStore.Downsampler;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Server.Roles.Buckets;

/// <summary>Makes windows of old blocks in the bucket, in the background. Started behind what lists the bucket.</summary>
internal sealed class DownsamplerRole : IRole
{
    private readonly DownsamplerService _service;

    /// <summary>Prepares the work.</summary>
    /// <param name="context">The process.</param>
    /// <param name="bucket">Where the blocks are.</param>
    /// <param name="deletions">What may still be stored and is in no window.</param>
    public DownsamplerRole(RoleContext context, BucketStorage bucket, IPendingDeletions deletions) => _service = new DownsamplerService(
        new DownsamplerContext
        {
            Options = new DownsamplerOptions
            {
                WorkDirectory = Path.Combine(context.Options.Storage.DataDirectory, "downsampler"),
                Tiers = context.Options.Downsampling.ParseTiers(),
                Interval = context.Options.Downsampling.Interval,
            },
            Bucket = bucket.For("downsampler"),
            Files = context.Files,
            Failpoints = context.Failpoints,
            Metrics = new DownsamplerMetrics(context.Metrics),
            Logger = context.Loggers.CreateLogger<DownsamplerService>(),
            Time = context.Time,
            Random = Random.Shared,
            Deletions = deletions,
            RetentionOf = tenant => context.Limits.For(tenant).Retention,
        },
        published: null); // the bucket is listed every few minutes anyway

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        // Metrics and log tell how far it is.
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _service.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
