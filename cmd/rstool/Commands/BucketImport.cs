using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Tool.Commands;

/// <summary>Brings blocks into the bucket of a stopped store, each once.</summary>
internal sealed class BucketImport
{
    private readonly StoppedStore _store;
    private readonly TenantId _tenant;
    private readonly BlockUploader _uploader;
    private readonly HashSet<BlockId> _added = [];
    private BucketIndex _index;

    private BucketImport(StoppedStore store, TenantId tenant, BucketIndex index)
    {
        _store = store;
        _tenant = tenant;
        _index = index;
        _uploader = new BlockUploader(store.Bucket, Failpoints.None);
    }

    /// <summary>Learns what the tenant has.</summary>
    public static async Task<BucketImport> BeginAsync(StoppedStore store, TenantId tenant, CancellationToken cancellationToken) =>
        new(store, tenant, (await store.Indexes.UpdateAsync(tenant, null, cancellationToken)).Index);

    /// <summary>True when the block, or one that was made of it, is there.</summary>
    public bool Holds(BlockId block) => _index.Holds(block) || _added.Contains(block);

    /// <summary>Uploads a block, which is read back and compared, and removes the local copy.</summary>
    public async Task AddAsync(string directory, CancellationToken cancellationToken)
    {
        BlockMeta meta = await _uploader.UploadAsync(directory, cancellationToken);
        _added.Add(meta.Id);
        LocalFileSystem.Instance.DeleteDirectory(directory);
    }

    /// <summary>Lists what was added, so that readers find it.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_added.Count > 0)
        {
            _index = (await _store.Indexes.UpdateAsync(_tenant, _index, cancellationToken)).Index;
        }
    }
}
