using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.BlockStore.Reading;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Querying;

namespace RemoteStore.StoreGateway.Catalog;

/// <summary>A block that queries are answered from. Nothing of it is read before the first question; what is read lies in the cache. Safe for concurrent use.</summary>
internal sealed class GatewayBlock
{
    private readonly IBucket _bucket;
    private readonly BlockSectionCache _cache;
    private readonly BlockReadSizes _sizes;
    private readonly Lock _lock = new(); // guards the fields below
    private BlockReader? _reader;
    private bool _closed;

    public GatewayBlock(BlockMeta meta, IBucket bucket, BlockSectionCache cache, BlockReadSizes sizes)
    {
        Meta = meta;
        _bucket = bucket;
        _cache = cache;
        _sizes = sizes;
        Sources = [.. meta.SourceBlocks];
    }

    /// <summary>What it holds.</summary>
    public BlockMeta Meta { get; }

    /// <summary>Its name.</summary>
    public BlockId Id => Meta.Id;

    /// <summary>Cut blocks whose samples it holds.</summary>
    public IReadOnlyList<BlockId> Sources { get; }

    /// <summary>What gaps call it.</summary>
    public string Name => $"block {Id}";

    /// <summary>Takes a share of the open block, which the caller releases; false when it is not served any more.</summary>
    public bool TryRetain(out BlockReader reader)
    {
        lock (_lock)
        {
            if (_closed)
            {
                reader = null!;
                return false;
            }

            _reader ??= BlockReader.Open(Meta, new BucketBlockSource(_bucket, Meta.Tenant, Id, Meta), _cache, _sizes);
            reader = _reader;
            return reader.TryRetain();
        }
    }

    /// <summary>Serves it no more; who reads it already goes on.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _reader?.Dispose();
        }
    }

    /// <summary>The gap that its absence leaves.</summary>
    public MissingData Gap(string reason) => new(new QueryRange(Meta.MinTime, Meta.MaxTime), Name, reason);
}
