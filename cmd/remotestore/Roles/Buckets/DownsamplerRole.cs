using RemoteStore.Downsampler;

namespace RemoteStore.Server.Roles.Buckets;

/// <summary>Makes windows of old blocks in the bucket, in the background. Started behind what lists the bucket.</summary>
internal sealed class DownsamplerRole : IRole
{
    private readonly DownsamplerService _service;

    /// <summary>Prepares the work.</summary>
    public DownsamplerRole(RoleContext context, BucketStorage bucket) => _service = new DownsamplerService(
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
