using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Primitives.Threading;
using RemoteStore.Tsdb.Exemplars;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Registry;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Eviction;

/// <summary>
/// Lets series leave memory whose samples are all in blocks. Nothing is removed in place: readers and indexes never see a series go. When enough series
/// can leave, a smaller registry is built beside the one in use and takes its place; the old one goes with its last reader. For that moment a tenant
/// needs the memory of both.
/// </summary>
/// <remarks>
/// Refs are never given again. A series that is written after it left gets a new one, and has no newest sample to be out of order with. What a crash
/// before the snapshot loses is only that series left: they are back, or superseded where they were written again.
/// </remarks>
internal sealed class SeriesEvictor : IDisposable
{
    /// <summary>A rebuild costs as much as the series that stay, so it waits until one in this many can leave.</summary>
    private const int Share = 4;

    // A series that was quiet for hours seldom wakes within the second of a rebuild; when several do in a row, the next cut tries again.
    private const int MaxAttempts = 4;

    private readonly int _minSeries;
    private readonly RegistrySaver _registries;
    private readonly BackgroundThread _thread;
    private readonly Failpoints _failpoints;
    private readonly TimeProvider _time;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _running = new(1, 1);

    public SeriesEvictor(
        TsdbOptions options, RegistrySaver registries, BackgroundThread thread, Failpoints failpoints, TimeProvider time, TsdbMetrics metrics, ILogger logger)
    {
        _minSeries = Math.Max(1, options.MinEvictedSeries);
        _registries = registries;
        _thread = thread;
        _failpoints = failpoints;
        _time = time;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Evicts what a cut has made evictable, if that is enough to be worth it, and saves the registry.</summary>
    /// <param name="head">The tenant.</param>
    /// <param name="cutWatermarkMs">Milliseconds; every range of the tenant up to here is in blocks that are visible and durable.</param>
    /// <param name="floorRow">From <see cref="EvictionFloor.Of"/>, taken after the cut's manifest was saved.</param>
    /// <param name="cancellationToken">Stops between steps; nothing is half done then.</param>
    /// <returns>Number of series that left memory.</returns>
    public async Task<int> RunAsync(TenantHead head, long cutWatermarkMs, long floorRow, CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int evicted = floorRow < 0
                ? 0
                : await _thread.RunAsync(() => Evict(head, cutWatermarkMs, floorRow, cancellationToken)).ConfigureAwait(false);
            if (evicted > 0)
            {
                _failpoints.Hit("evict.before-snapshot");
                await SaveAsync(head, cancellationToken).ConfigureAwait(false);
                _failpoints.Hit("evict.after-snapshot");
            }

            return evicted;
        }
        finally
        {
            _running.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _running.Dispose();

    private static int CountEvictable(SeriesRegistry registry, EvictionRule rule)
    {
        int count = 0;
        for (uint next = 0, end = registry.RefEnd; registry.TryNext(ref next, end); next++)
        {
            count += rule.Allows(in registry.State(new SeriesRef(next))) ? 1 : 0;
        }

        return count;
    }

    private int Evict(TenantHead head, long cutWatermarkMs, long floorRow, CancellationToken cancellationToken)
    {
        using SeriesRegistry registry = head.Series.RetainRegistry();
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            ExemplarStore exemplars = head.Exemplars;
            long nextExemplar = exemplars.NextNumber; // before the pins: what comes later is looked at again
            var rule = new EvictionRule(cutWatermarkMs, floorRow, head.Series.DurableCount, exemplars.SeriesSince(0));
            int series = registry.SeriesCount;
            int evictable = CountEvictable(registry, rule);
            if (evictable < Math.Max(_minSeries, series / Share))
            {
                return 0;
            }

            long started = _time.GetTimestamp();
            if (TryRebuild(head, registry, rule, nextExemplar, cancellationToken) is (int left, TimeSpan pause))
            {
                _metrics.Evicted(head.Tenant, left, pause);
                EvictionLog.Evicted(_logger, left, head.Tenant.Name, series, _time.GetElapsedTime(started).TotalMilliseconds, pause.TotalMilliseconds);
                return left;
            }
        }

        EvictionLog.Awake(_logger, head.Tenant.Name);
        return 0;
    }

    private (int Left, TimeSpan Pause)? TryRebuild(TenantHead head, SeriesRegistry registry, EvictionRule rule, long nextExemplar, CancellationToken cancellationToken)
    {
        SeriesRegistry fresh = registry.NewEmpty();
        bool inUse = false;
        try
        {
            var rebuild = new RegistryRebuild(head, registry, fresh, rule, nextExemplar);
            rebuild.CopySeries(cancellationToken);
            _failpoints.Hit("evict.before-swap");
            inUse = rebuild.TryExchange(_time, out TimeSpan pause);
            if (inUse)
            {
                _failpoints.Hit("evict.after-swap");
            }

            return inUse ? (rebuild.Left, pause) : null;
        }
        finally
        {
            if (!inUse)
            {
                fresh.Dispose();
            }
        }
    }

    private async Task SaveAsync(TenantHead head, CancellationToken cancellationToken)
    {
        try
        {
            await _registries.SaveAsync(head, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or WalFailedException)
        {
            EvictionLog.NotSaved(_logger, e, head.Tenant.Name); // a start before the next snapshot brings the series back
        }
    }
}
