using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Querier.Sources;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway;
using RemoteStore.Tsdb;

namespace RemoteStore.Server.Roles.Buckets;

/// <summary>Everything that is stored as one view: the local store, and behind it the blocks in the bucket that it does not hold.</summary>
internal sealed class StoredSamples : IPartialQueryable, IDisposable
{
    private readonly BucketQueryable _gateway;
    private readonly MergedQueryable _all;

    /// <summary>Joins both; nothing is read yet.</summary>
    /// <param name="context">What the process is made of.</param>
    /// <param name="local">The local store; stays the caller's.</param>
    /// <param name="bucket">The bucket.</param>
    public StoredSamples(RoleContext context, TimeSeriesDatabase local, BucketStorage bucket)
    {
        StoreGatewayOptions options = context.Options.StoreGateway with { LocalPeriod = context.Options.Blocks.HotPeriod };
        _gateway = new BucketQueryable(
            bucket.For("store-gateway"), bucket.View, context.Limits, options, context.Metrics, context.Loggers.CreateLogger<BucketQueryable>(),
            context.Time, local.LocalBlocks);
        Versions = new MergedVersions(local, _gateway);
        _all = new MergedQueryable(
            [
                new QuerySource("the local store", local),
                new QuerySource("object storage", _gateway) { Guard = new SourceGuardOptions { Timeout = options.Timeout } },
            ],
            context.Metrics,
            context.Loggers.CreateLogger<MergedQueryable>(),
            context.Time);
    }

    /// <summary>Tells when answers from it do not hold any more.</summary>
    public IWriteVersions Versions { get; }

    /// <summary>Told of blocks in the bucket that queries find damaged; see <see cref="BucketQueryable.Damaged"/>.</summary>
    public Action<BlockMeta>? Damaged
    {
        get => _gateway.Damaged;
        set => _gateway.Damaged = value;
    }

    /// <summary>Voids what was computed of a tenant's samples: what retention leaves of them has changed.</summary>
    public void ForgetAnswers(TenantId tenant) => _gateway.VoidAnswers(tenant);

    /// <inheritdoc/>
    public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        _all.OpenQuerierAsync(tenant, range, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IQuerier> OpenQuerierAsync(
        TenantId tenant, QueryRange range, IReadOnlyList<MissingData> without, CancellationToken cancellationToken) =>
        _all.OpenQuerierAsync(tenant, range, without, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _all.Dispose();
        _gateway.Dispose();
    }
}
