using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Model;
using RemoteStore.ObjectStore;

namespace RemoteStore.StoreGateway.Catalog;

/// <summary>The blocks that queries are answered from, by tenant, as the bucket indexes list them. Safe for concurrent use.</summary>
internal sealed class BlockCatalog : IDisposable
{
    private readonly IBucket _bucket;
    private readonly IBucketIndexView _indexes;
    private readonly BucketIndexStore _store;
    private readonly StoreGatewayMetrics _metrics;
    private readonly BlockSectionCache _cache;
    private readonly Lock _lock = new(); // guards the fields below
    private readonly Dictionary<TenantId, TenantBlocks> _tenants = [];
    private bool _disposed;

    public BlockCatalog(IBucket bucket, IBucketIndexView indexes, BucketIndexStore store, long cacheBytes, StoreGatewayMetrics metrics)
    {
        _bucket = bucket;
        _indexes = indexes;
        _store = store;
        _metrics = metrics;
        _cache = new BlockSectionCache(cacheBytes);
    }

    /// <summary>Bytes that the cache holds.</summary>
    public long CacheBytes => _cache.Bytes;

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

    /// <summary>Takes hold of the blocks that a view of the range reads.</summary>
    /// <exception cref="IOException">The blocks were replaced meanwhile, and the new ones cannot be told.</exception>
    public async ValueTask<BlockHold> TakeAsync(TenantBlocks blocks, QueryRange range, LocalHoldings held, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (BlockHold.TryTake(blocks, range, held) is { } hold)
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
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            TenantBlocks? former = _tenants.GetValueOrDefault(index.Tenant);
            if (former is not null && (former.Index == index || former.Index.UpdatedAtMs > index.UpdatedAtMs))
            {
                return former;
            }

            TenantBlocks blocks = TenantBlocks.Of(index, former, meta => new GatewayBlock(meta, _bucket, _cache));
            _tenants[index.Tenant] = blocks;
            _metrics.BlocksChanged(blocks.Blocks.Count - (former?.Blocks.Count ?? 0));
            HashSet<BlockId> still = [.. blocks.Blocks.Select(static block => block.Id)];
            foreach (GatewayBlock gone in former?.Blocks.Where(block => !still.Contains(block.Id)) ?? [])
            {
                gone.Close();
            }

            return blocks;
        }
    }
}
