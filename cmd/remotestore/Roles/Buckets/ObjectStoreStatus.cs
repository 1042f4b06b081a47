using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Administration;

namespace RemoteStore.Server.Roles.Buckets;

/// <summary>What a tenant is told of the object store: what its blocks there are and cost, what waits, and nothing of other tenants.</summary>
internal sealed class ObjectStoreStatus(BucketStorage bucket, BlockUploads uploads) : IObjectStoreStatus
{
    /// <inheritdoc/>
    public ObjectStoreReport GetObjectStore(TenantId tenant) => new(
        bucket.Description,
        bucket.IsCreateAtomic,
        [
            .. bucket.Usage.Usage.Where(usage => usage.Owner.Length == 0 || usage.Owner == tenant.Name)
                .OrderBy(static usage => usage.Role, StringComparer.Ordinal).ThenBy(static usage => usage.Operation, StringComparer.Ordinal)
                .ThenBy(static usage => usage.Owner, StringComparer.Ordinal).Select(Of),
        ],
        Of(uploads.QueueOf(tenant)),
        bucket.View.Peek(tenant) is { UpdatedAtMs: > 0 } index ? Of(index) : null);

    private static ObjectStoreRequests Of(ObjectStoreUsage usage) => new(usage.Operation, usage.Role, usage.Owner, usage.Requests, usage.Failures, usage.Bytes);

    private static WaitingUploads Of(UploadQueue queue) => new(queue.Blocks, queue.SizeBytes, queue.OldestMs, queue.Failure);

    private static BucketIndexReport Of(BucketIndex index) => new(index.UpdatedAtMs, index.Blocks.Count, index.Blocks.Sum(static block => block.Meta.SizeBytes))
    {
        DeletionMarks =
        [
            .. index.DeletionMarks.Values.OrderBy(static mark => mark.Block)
                .Select(static mark => new MarkedBlock(mark.Block.ToString(), mark.MarkedAtMs, mark.Reason)),
        ],
        BrokenBlocks =
        [
            .. index.BrokenMarks.Values.OrderBy(static mark => mark.Block)
                .Select(static mark => new MarkedBlock(mark.Block.ToString(), mark.FoundAtMs, mark.Reason)),
        ],
    };
}
