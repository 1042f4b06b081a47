using System.Diagnostics;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.ObjectStore;

namespace RemoteStore.StoreGateway.Catalog;

/// <summary>The blocks that queries are answered from, by tenant, as the bucket indexes list them. Safe for concurrent use.</summary>
internal sealed class BlockCatalog : IDisposable
{
    private readonly IBucket _bucket;
    private readonly IBucketIndexView _indexes;
    private readonly BucketIndexStore _store;
    private readonly ILocalBlocks? _local;
    private readonly StoreGatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly BlockSectionCache _cache;
    private readonly BlockReadSizes _sizes;
    private readonly Lock _lock = new(); // guards the fields below
    private readonly Dictionary<TenantId, TenantBlocks> _tenants = [];
    private readonly Dictionary<TenantId, BlockChanges> _changes = []; // of tenants that had blocks
    private readonly Dictionary<TenantId, SetAsideBlocks> _setAside = []; // of tenants that had damage
    private bool _disposed;

    public BlockCatalog(
        IBucket bucket, IBucketIndexView indexes, BucketIndexStore store, ILocalBlocks? local, StoreGatewayOptions options, StoreGatewayMetrics metrics, TimeProvider time)
    {
        _bucket = bucket;
        _indexes = indexes;
        _store = store;
        _local = local;
        _metrics = metrics;
        _time = time;
        _cache = new BlockSectionCache(options.CacheBytes);
        _sizes = options.ReadSizes;
    }

    /// <summary>Bytes that the cache holds.</summary>
    public long CacheBytes => _cache.Bytes;

    /// <summary>Tenants that are remembered; for tests.</summary>
    public int TenantCount
    {
        get
        {
            lock (_lock)
            {
                return _tenants.Count;
            }
        }
    }

    /// <summary>A tenant's blocks.</summary>
    /// <exception cref="IOException">No index of the tenant was loaded so far, and none can be.</exception>
    public async ValueTask<TenantBlocks> GetAsync(TenantId tenant, CancellationToken cancellationToken) =>
        Of(await _indexes.GetAsync(tenant, cancellationToken).ConfigureAwait(false));

    /// <summary>A tenant's blocks as far as they are known without asking the bucket; null when nothing is.</summary>
    public TenantBlocks? Peek(TenantId tenant) => _indexes.Peek(tenant) is { } index ? Of(index) : null;

    /// <summary>A tenant's blocks by the index that the bucket has now.</summary>
    /// <exception cref="IOException">It cannot be loaded.</exception>
    public async ValueTask<TenantBlocks> ReloadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        _metrics.IndexReloaded();
        if (await _store.LoadAsync(tenant, cancellationToken).ConfigureAwait(false) is { } index)
        {
            _indexes.Offer(index);
        }

        return await GetAsync(tenant, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How the answers from a tenant's blocks changed, by the newest index that is known.</summary>
    public T ReadChanges<T>(TenantId tenant, T none, Func<BlockChanges, T> read)
    {
        _ = Peek(tenant); // who opens a view from now on reads no older blocks
        lock (_lock)
        {
            return _changes.TryGetValue(tenant, out BlockChanges? changes) ? read(changes) : none;
        }
    }

    /// <summary>
    /// Leaves a damaged block out of views that are opened from now on, as if the bucket had a mark that says so: what it replaces is read again as long as it is
    /// there. After a while it is tried again, for a byte may have changed on its way.
    /// </summary>
    public void SetAside(GatewayBlock block, string reason)
    {
        lock (_lock)
        {
            if (!_tenants.TryGetValue(block.Meta.Tenant, out TenantBlocks? former) || !former.Blocks.Contains(block))
            {
                return; // another view met the damage first, or the index has dropped it
            }

            if (!_setAside.TryGetValue(block.Meta.Tenant, out SetAsideBlocks? blocks))
            {
                _setAside[block.Meta.Tenant] = blocks = new SetAsideBlocks(_time);
            }

            blocks.Add(block.Meta, reason);
            _ = Serve(former.Listed, former, []);
        }
    }

    /// <summary>Voids what was computed from a tenant's blocks, while they were not known or another part of them was read.</summary>
    public void NoteUnknown(TenantId tenant)
    {
        lock (_lock)
        {
            ChangesOf(tenant).Add([QueryRange.All]);
        }
    }

    /// <summary>Takes hold of the blocks that a view of the range reads.</summary>
    /// <exception cref="IOException">The blocks were replaced meanwhile, and the new ones cannot be told.</exception>
    public async ValueTask<BlockHold> TakeAsync(
        TenantBlocks blocks, QueryRange range, LocalHoldings held, RetentionFloors floors, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (BlockHold.TryTake(blocks, range, held, floors) is { } hold)
            {
                return hold;
            }

            blocks = await GetAsync(blocks.Index.Tenant, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (GatewayBlock block in _tenants.Values.SelectMany(static tenant => tenant.Blocks))
            {
                block.Close();
            }

            _tenants.Clear();
        }

        _cache.Dispose();
    }

    private TenantBlocks Of(BucketIndex index)
    {
        if (Served(index) is { } served)
        {
            return served;
        }

        HashSet<BlockId> local = [.. _local?.GetLocalBlocks(index.Tenant).Select(static block => block.Meta.Id) ?? []];
        lock (_lock)
        {
            TenantBlocks? former = _tenants.GetValueOrDefault(index.Tenant);
            if (Served(index) is { } meanwhile)
            {
                return meanwhile;
            }

            // Names that requests make up are not remembered.
            return former is null && index.Blocks.Count == 0 && index.BrokenMarks.Count == 0
                ? TenantBlocks.Of(index, index, null, static _ => throw new UnreachableException())
                : Serve(index, former, local);
        }
    }

    /// <summary>Puts a list of blocks in the place of another. Under the lock.</summary>
    private TenantBlocks Serve(BucketIndex index, TenantBlocks? former, HashSet<BlockId> local)
    {
        TenantBlocks blocks = TenantBlocks.Of(
            index, _setAside.GetValueOrDefault(index.Tenant)?.Over(index) ?? index, former, meta => new GatewayBlock(meta, _bucket, _cache, _sizes));
        _tenants[index.Tenant] = blocks;
        NoteChanges(former, blocks, local);
        _metrics.BlocksChanged(blocks.Blocks.Count - (former?.Blocks.Count ?? 0));
        HashSet<BlockId> still = [.. blocks.Blocks.Select(static block => block.Id)];
        foreach (GatewayBlock gone in former?.Blocks.Where(block => !still.Contains(block.Id)) ?? [])
        {
            gone.Close();
        }

        return blocks;
    }

    /// <summary>What is served of a tenant, when the index tells nothing newer.</summary>
    private TenantBlocks? Served(BucketIndex index)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _tenants.TryGetValue(index.Tenant, out TenantBlocks? former)
                && (former.Listed == index || former.Listed.UpdatedAtMs > index.UpdatedAtMs)
                && _setAside.GetValueOrDefault(index.Tenant)?.IsToBeTriedAgain != true
                ? former
                : null;
        }
    }

    /// <summary>Every list of blocks that is read passes here, one after another. Under the lock.</summary>
    private void NoteChanges(TenantBlocks? former, TenantBlocks blocks, HashSet<BlockId> local)
    {
        former ??= TenantBlocks.Of(BucketIndex.Empty(blocks.Index.Tenant), BucketIndex.Empty(blocks.Index.Tenant), null, static _ => throw new UnreachableException());
        IReadOnlyList<QueryRange> changed = BlockDifference.Between(former, blocks, local);
        long windowMs = blocks.Tiers.Select(static block => block.ResolutionMs).DefaultIfEmpty().Max();
        if (changed.Count > 0 || windowMs > 0)
        {
            BlockChanges changes = ChangesOf(blocks.Index.Tenant);
            changes.Add(changed);
            changes.Reads(windowMs);
        }
    }

    private BlockChanges ChangesOf(TenantId tenant)
    {
        if (!_changes.TryGetValue(tenant, out BlockChanges? changes))
        {
            _changes[tenant] = changes = new BlockChanges();
        }

        return changes;
    }
}
