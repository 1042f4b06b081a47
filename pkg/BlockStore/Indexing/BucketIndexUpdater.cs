using Microsoft.Extensions.Logging;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>Makes bucket indexes anew and shows them to the readers of this process. Safe for concurrent use; calls wait for each other. One process has one.</summary>
/// <param name="bucket">Where tenants are.</param>
/// <param name="store">Makes the indexes.</param>
/// <param name="view">What readers of this process see.</param>
/// <param name="metrics">Instruments.</param>
/// <param name="logger">Told of what cannot be listed.</param>
public sealed class BucketIndexUpdater(IBucket bucket, BucketIndexStore store, BucketIndexView view, BlockStoreMetrics metrics, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1); // of updates, so that a later listing is also written later
    private readonly HashSet<string> _told = []; // what was damaged and is told once; under _turn

    /// <summary>All tenants that have something in the bucket, in order; one listing.</summary>
    /// <exception cref="BucketException">They cannot be listed.</exception>
    public async ValueTask<IReadOnlyList<TenantId>> ListTenantsAsync(CancellationToken cancellationToken)
    {
        var tenants = new List<TenantId>();
        await foreach (string folder in bucket.ListFoldersAsync("", cancellationToken).ConfigureAwait(false))
        {
            if (BucketLayout.TryParseTenant(folder, out TenantId tenant))
            {
                tenants.Add(tenant);
            }
        }

        return tenants;
    }

    /// <summary>Updates the index of a tenant; one listing.</summary>
    /// <exception cref="BucketException">Something could not be listed, read or written; the index that was there stays.</exception>
    public async ValueTask<BucketIndexUpdate> UpdateAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            BucketIndex? known = view.Peek(tenant) is { UpdatedAtMs: > 0 } seen ? seen : await LoadAsync(tenant, cancellationToken).ConfigureAwait(false);
            BucketIndexUpdate update = await store.UpdateAsync(tenant, known, cancellationToken).ConfigureAwait(false);
            view.Offer(update.Index);
            Tell(tenant, update);
            return update;
        }
        catch (BucketException)
        {
            metrics.IndexFailed("update");
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Updates the indexes of all tenants. One that fails does not hold up the others.</summary>
    /// <exception cref="BucketException">Tenants could not be listed, or the index of one could not be updated; the last such failure.</exception>
    public async Task<IReadOnlyList<BucketIndexUpdate>> UpdateAllAsync(CancellationToken cancellationToken)
    {
        var updates = new List<BucketIndexUpdate>();
        BucketException? failure = null;
        foreach (TenantId tenant in await ListTenantsAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                updates.Add(await UpdateAsync(tenant, cancellationToken).ConfigureAwait(false));
            }
            catch (BucketException e)
            {
                failure = e;
            }
        }

        return failure is null ? updates : throw failure;
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async ValueTask<BucketIndex?> LoadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            return await store.LoadAsync(tenant, cancellationToken).ConfigureAwait(false);
        }
        catch (CorruptDataException e)
        {
            Log.IndexMadeAnew(logger, tenant.Name, e.Message);
            return null;
        }
    }

    private void Tell(TenantId tenant, BucketIndexUpdate update)
    {
        foreach (UnreadableBlock block in update.Unreadable)
        {
            if (_told.Add($"{tenant}/{block.Block}"))
            {
                Log.BlockUnreadable(logger, block.Block.ToString(), tenant.Name, block.Reason);
            }
        }

        foreach ((string key, string reason) in update.UnreadableMarks)
        {
            if (_told.Add(key))
            {
                Log.MarkUnreadable(logger, key, reason);
            }
        }
    }
}
