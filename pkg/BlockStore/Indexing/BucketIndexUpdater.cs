using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>Makes bucket indexes anew and shows them to the readers of this process. Safe for concurrent use; calls wait for each other. One process has one.</summary>
/// <param name="store">Makes the indexes.</param>
/// <param name="view">What readers of this process see.</param>
/// <param name="metrics">Instruments.</param>
/// <param name="logger">Told of what cannot be listed.</param>
/// <param name="time">Clock.</param>
public sealed class BucketIndexUpdater(BucketIndexStore store, BucketIndexView view, BlockStoreMetrics metrics, ILogger logger, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1); // of updates, so that a later listing is also written later
    private readonly HashSet<string> _told = []; // what was damaged and is told once; under _turn
    private readonly Dictionary<TenantId, int> _turns = []; // listings that succeeded; under _turn
    private readonly ConcurrentDictionary<(TenantId Tenant, BlockId Block), bool> _expected = new();

    /// <summary>Takes note of a block that was uploaded just now: the next update finds it, however long ago it was cut.</summary>
    public void Expect(TenantId tenant, BlockId block) => _expected[(tenant, block)] = true;

    /// <summary>Updates the index of a tenant: a few listings, the first time all of it.</summary>
    /// <exception cref="BucketException">Something could not be listed, read or written; the index that was there stays.</exception>
    public async ValueTask<BucketIndexUpdate> UpdateAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            BucketIndex? known = view.Peek(tenant) is { UpdatedAtMs: > 0 } seen ? seen : await LoadAsync(tenant, cancellationToken).ConfigureAwait(false);
            BlockId[] expected = [.. _expected.Keys.Where(key => key.Tenant == tenant).Select(static key => key.Block)];
            int turn = _turns.GetValueOrDefault(tenant);
            var scope = ListingScope.Choose(known, time.GetUtcNow().ToUnixTimeMilliseconds(), turn, expected);
            BucketIndexUpdate update = await store.UpdateAsync(tenant, known, scope, cancellationToken).ConfigureAwait(false);
            _turns[tenant] = turn + 1;
            foreach (BlockId block in expected)
            {
                _ = _expected.TryRemove((tenant, block), out _);
            }

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
