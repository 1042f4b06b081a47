using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Deletions;
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
    private readonly IReadOnlyList<DeletionJob> _deletions;
    private BucketIndex _index;

    private BucketImport(StoppedStore store, TenantId tenant, BucketIndex index, IReadOnlyList<DeletionJob> deletions)
    {
        _store = store;
        _tenant = tenant;
        _index = index;
        _deletions = deletions;
        _uploader = new BlockUploader(store.Bucket, Failpoints.None);
    }

    /// <summary>Learns what the tenant has.</summary>
    /// <exception cref="IOException">The bucket cannot be used, or a request to delete series in it cannot be read.</exception>
    public static async Task<BucketImport> BeginAsync(StoppedStore store, TenantId tenant, CancellationToken cancellationToken)
    {
        BucketIndex index = (await store.Indexes.UpdateAsync(tenant, null, cancellationToken)).Index;
        IReadOnlyList<DeletionJob> jobs = await new DeletionJobStore(store.Bucket).ListAsync(
            tenant, static damaged => throw new IOException(damaged.Message, damaged), cancellationToken);
        return new(store, tenant, index, [.. jobs.Where(static job => job.IsOpen)]);
    }

    /// <summary>Refuses times in which a deletion is not over: what it covers would be hidden, and then removed with the rest.</summary>
    /// <exception cref="DeletionPendingException">There is one.</exception>
    public void CheckDeletions(QueryRange times)
    {
        if (_deletions.FirstOrDefault(job => times.Overlaps(job.Range.MinTime, job.Range.MaxTime)) is { } job)
        {
            throw new DeletionPendingException(
                $"deletion {job.Id} covers times from {TimeText.Format(times.MinTime)} to {TimeText.Format(times.MaxTime)} and is not over; import when it is, or samples that it covers would go with it");
        }
    }

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
