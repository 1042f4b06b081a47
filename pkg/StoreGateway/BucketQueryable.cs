using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Catalog;
using RemoteStore.StoreGateway.Reading;
using RemoteStore.Telemetry;

namespace RemoteStore.StoreGateway;

/// <summary>
/// Answers from the blocks in the bucket, by ranged reads. In memory there are the bucket indexes, some hundred bytes of each block, and a cache of bounded size.
/// Safe for concurrent use.
/// </summary>
public sealed class BucketQueryable : IBucketQueryable, IBucketVersions, IDisposable
{
    private const string Name = "object storage";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2); // with a list that answers in milliseconds

    private readonly StoreGatewayOptions _options;
    private readonly ITenantLimitsProvider _limits;
    private readonly TimeProvider _time;
    private readonly StoreGatewayMetrics _metrics;
    private readonly BlockCatalog _catalog;
    private readonly BlockFaults _faults;
    private readonly SemaphoreSlim _requests;

    /// <summary>Nothing is read yet.</summary>
    /// <param name="bucket">Where the blocks are; stays the caller's.</param>
    /// <param name="indexes">What lists them.</param>
    /// <param name="limits">How long each tenant's samples are kept: what is past its retention is in no answer, removed or not.</param>
    /// <param name="options">What reading may cost.</param>
    /// <param name="registry">Where metrics go.</param>
    /// <param name="logger">Takes damage and failures.</param>
    /// <param name="time">The clock.</param>
    /// <param name="local">Blocks of a local store that hands them on to the bucket; null = there is none. Its samples are known before their block is listed.</param>
    public BucketQueryable(
        IBucket bucket,
        IBucketIndexView indexes,
        ITenantLimitsProvider limits,
        StoreGatewayOptions options,
        MetricsRegistry registry,
        ILogger<BucketQueryable> logger,
        TimeProvider time,
        ILocalBlocks? local = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(registry);
        _options = options;
        _limits = limits;
        _time = time;
        _metrics = new StoreGatewayMetrics(registry);
        _catalog = new BlockCatalog(bucket, indexes, new BucketIndexStore(bucket, time), local, options, _metrics, time);
        _faults = new BlockFaults(_catalog, _metrics, logger);
        _requests = new SemaphoreSlim(options.Concurrency, options.Concurrency);
        registry.BeforeCollect(() => _metrics.CacheHolds(_catalog.CacheBytes));
    }

    /// <summary>Bytes of index and pages held in memory.</summary>
    public long CacheBytes => _catalog.CacheBytes;

    /// <summary>
    /// Called, within a query, of every block that turns out damaged, so that whoever keeps the bucket in order sets it aside and saves what can be read of it. Set before
    /// the first query; returns at once.
    /// </summary>
    public Action<BlockMeta>? Damaged
    {
        get => _faults.Damaged;
        set => _faults.Damaged = value;
    }

    /// <summary>Tenants that something is remembered of; for tests.</summary>
    internal int TenantCount => _catalog.TenantCount;

    /// <inheritdoc/>
    public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        OpenQuerierAsync(tenant, range, LocalHoldings.None, [], cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IQuerier> OpenQuerierAsync(
        TenantId tenant, QueryRange range, IReadOnlyList<MissingData> without, CancellationToken cancellationToken) =>
        OpenQuerierAsync(tenant, range, LocalHoldings.None, without, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IQuerier> OpenQuerierAsync(
        TenantId tenant, QueryRange range, LocalHoldings held, IReadOnlyList<MissingData> without, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(without);
        (TenantBlocks blocks, IReadOnlyList<MissingData> unknown) = await GetBlocksAsync(tenant, range, cancellationToken).ConfigureAwait(false);
        BlockHold hold = await _catalog.TakeAsync(blocks, range, held, FloorsOf(tenant), cancellationToken).ConfigureAwait(false);
        return new BucketQuerier(
            _catalog, hold, range, held, without.Select(static gap => gap.Source), new QueryReads(_options, _requests, _metrics), _faults, _metrics,
            unknown);
    }

    /// <inheritdoc/>
    public bool MayAdd(TenantId tenant, QueryRange range, LocalHoldings held)
    {
        ArgumentNullException.ThrowIfNull(held);
        RetentionFloors floors = FloorsOf(tenant);
        return _catalog.Peek(tenant) is not { } blocks
            || BlockHold.IsAny(blocks, range, held, floors)
            || BlockHold.BrokenOf(blocks, floors).Any(gap => range.Overlaps(gap.Range.MinTime, gap.Range.MaxTime));
    }

    /// <inheritdoc/>
    public long VersionOf(TenantId tenant) => _catalog.ReadChanges(tenant, 0, static changes => changes.Version);

    /// <inheritdoc/>
    public bool IsUnchanged(TenantId tenant, long since, QueryRange range) => _catalog.ReadChanges(tenant, true, changes => changes.IsUnchanged(since, range));

    /// <inheritdoc/>
    public long LongestWindowMs(TenantId tenant) => _catalog.ReadChanges(tenant, 0, static changes => changes.LongestWindowMs);

    /// <summary>Voids every answer that was computed from a tenant's blocks: another part of them is to be read from now on.</summary>
    public void VoidAnswers(TenantId tenant) => _catalog.NoteUnknown(tenant);

    /// <inheritdoc/>
    public void Dispose()
    {
        _catalog.Dispose();
        _requests.Dispose();
    }

    private RetentionFloors FloorsOf(TenantId tenant) => new(_limits.For(tenant).Retention, _time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>How long samples are in the local store at least.</summary>
    private TimeSpan LocalPeriodOf(TenantId tenant)
    {
        TenantLimits limits = _limits.For(tenant);
        return new[] { limits.HotPeriod ?? _options.LocalPeriod, _options.LocalPeriod, limits.Retention.Raw > TimeSpan.Zero ? limits.Retention.Raw : TimeSpan.MaxValue }.Min();
    }

    /// <summary>The tenant's blocks; none, and a gap that says so, when they cannot be told and the local store has what is asked for anyway.</summary>
    private async ValueTask<(TenantBlocks Blocks, IReadOnlyList<MissingData> Unknown)> GetBlocksAsync(
        TenantId tenant, QueryRange range, CancellationToken cancellationToken)
    {
        ValueTask<TenantBlocks> blocks = _catalog.GetAsync(tenant, cancellationToken);
        if (blocks.IsCompletedSuccessfully || range.MinTime < (_time.GetUtcNow() - LocalPeriodOf(tenant)).ToUnixTimeMilliseconds())
        {
            return (await blocks.ConfigureAwait(false), []);
        }

        try
        {
            return (await blocks.AsTask().WaitAsync(s_patience, _time, cancellationToken).ConfigureAwait(false), []);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            _catalog.NoteUnknown(tenant);
            string why = e is TimeoutException ? "it takes too long" : e.Message;
            return (TenantBlocks.Of(BucketIndex.Empty(tenant), BucketIndex.Empty(tenant), null, static _ => throw new UnreachableException()),
                [new MissingData(range, Name, $"its list of blocks was not loaded so far ({why}); what the local store holds is there")]);
        }
    }
}
