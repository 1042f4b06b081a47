using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>The indexes of tenants that were asked for, loaded once and then again by <see cref="RefreshAsync"/>.</summary>
/// <remarks>
/// Tenants without an index are remembered as empty until the next refresh and then forgotten, so that names that requests make up cost a read an interval,
/// and no memory for longer.
/// </remarks>
/// <param name="store">Loads them.</param>
/// <param name="metrics">Instruments.</param>
/// <param name="logger">Told when loads begin to fail, and when they succeed again.</param>
public sealed class BucketIndexView(BucketIndexStore store, BlockStoreMetrics metrics, ILogger logger) : IBucketIndexView
{
    private readonly ConcurrentDictionary<TenantId, BucketIndex> _known = new();
    private readonly ConcurrentDictionary<TenantId, Task<BucketIndex>> _loading = new();
    private bool _failing; // used by RefreshAsync alone

    /// <summary>Called when a newer index is in use, on a thread that must not be held up; null = nobody asks.</summary>
    public Action? Changed { get; set; }

    /// <summary>All tenants with an index, in order.</summary>
    public IReadOnlyList<BucketIndex> Known => [.. _known.Values.Where(static index => index.UpdatedAtMs > 0).OrderBy(static index => index.Tenant)];

    /// <inheritdoc/>
    public BucketIndex? Peek(TenantId tenant) => _known.GetValueOrDefault(tenant);

    /// <inheritdoc/>
    public async ValueTask<BucketIndex> GetAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(tenant, out BucketIndex? known))
        {
            return known;
        }

        // One load serves all who wait for it, so it does not end with the first of them that gives up.
        Task<BucketIndex> load = _loading.GetOrAdd(tenant, LoadFirstAsync);
        try
        {
            return await load.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = _loading.TryRemove(KeyValuePair.Create(tenant, load));
        }
    }

    /// <inheritdoc/>
    public void Offer(BucketIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        BucketIndex newest = _known.AddOrUpdate(index.Tenant, index, (_, known) => index.UpdatedAtMs >= known.UpdatedAtMs ? index : known);
        if (newest.UpdatedAtMs > 0)
        {
            metrics.IndexIs(newest);
        }

        if (ReferenceEquals(newest, index) && index.UpdatedAtMs > 0)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Loads the index of every known tenant again. One that cannot be loaded stays as it was.</summary>
    /// <remarks>One call at a time.</remarks>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        string? failure = null;
        foreach (TenantId tenant in _known.Keys)
        {
            try
            {
                if (await store.LoadAsync(tenant, cancellationToken).ConfigureAwait(false) is { } index)
                {
                    Offer(index);
                }
                else if (_known.TryGetValue(tenant, out BucketIndex? known) && known.UpdatedAtMs == 0)
                {
                    _ = _known.TryRemove(KeyValuePair.Create(tenant, known));
                }
            }
            catch (Exception e) when (e is BucketException or CorruptDataException)
            {
                metrics.IndexFailed("load");
                failure = e.Message;
            }
        }

        if (failure is not null && !_failing)
        {
            Log.IndexNotLoaded(logger, failure);
        }
        else if (failure is null && _failing)
        {
            Log.IndexLoadedAgain(logger);
        }

        _failing = failure is not null;
    }

    private async Task<BucketIndex> LoadFirstAsync(TenantId tenant)
    {
        try
        {
            Offer(await store.LoadAsync(tenant, CancellationToken.None).ConfigureAwait(false) ?? BucketIndex.Empty(tenant));
            return _known.GetValueOrDefault(tenant) ?? BucketIndex.Empty(tenant);
        }
        catch (Exception e) when (e is BucketException or CorruptDataException)
        {
            metrics.IndexFailed("load");
            throw;
        }
    }
}
