using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;

namespace RemoteStore.BlockStore.Marks;

/// <summary>Writes and removes marks of blocks. Each call may be repeated.</summary>
/// <param name="bucket">Where they are.</param>
/// <param name="time">Clock.</param>
public sealed class BlockMarker(IBucket bucket, TimeProvider time)
{
    /// <summary>Marks a block for removal. What replaces it was published before (<see cref="Publishing.BlockPublisher"/>).</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="block">The block.</param>
    /// <param name="reason">Why, in words.</param>
    /// <param name="replacedBy">What holds its samples; empty when they are not wanted any more.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    /// <exception cref="BucketException">It was not written, or it is not known whether it was.</exception>
    public ValueTask MarkForDeletionAsync(
        TenantId tenant, BlockId block, string reason, IReadOnlyList<BlockId> replacedBy, CancellationToken cancellationToken)
    {
        var mark = new DeletionMark
        {
            Tenant = tenant,
            Block = block,
            MarkedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Reason = reason,
            ReplacedBy = replacedBy,
        };
        return bucket.WriteAsync(
            BucketLayout.DeletionMark(tenant, block), new MemoryContent(MarkText.Format(mark)), WriteMode.Replace, cancellationToken);
    }

    /// <summary>Sets a block aside: nobody reads it any more.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="block">The block.</param>
    /// <param name="reason">What does not hold.</param>
    /// <param name="lost">Times of samples that are nowhere else; null when there are none.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    /// <exception cref="BucketException">It was not written, or it is not known whether it was.</exception>
    public ValueTask MarkBrokenAsync(TenantId tenant, BlockId block, string reason, QueryRange? lost, CancellationToken cancellationToken)
    {
        var mark = new BrokenMark
        {
            Tenant = tenant,
            Block = block,
            FoundAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Reason = reason,
            Range = lost ?? new QueryRange(long.MaxValue, long.MinValue),
        };
        return bucket.WriteAsync(BucketLayout.BrokenMark(tenant, block), new MemoryContent(MarkText.Format(mark)), WriteMode.Replace, cancellationToken);
    }

    /// <summary>Takes a deletion mark back.</summary>
    /// <exception cref="BucketException">It was not removed, or it is not known whether it was.</exception>
    public ValueTask UnmarkForDeletionAsync(TenantId tenant, BlockId block, CancellationToken cancellationToken) =>
        bucket.DeleteAsync(BucketLayout.DeletionMark(tenant, block), cancellationToken);

    /// <summary>Lets a block be read again that was set aside.</summary>
    /// <exception cref="BucketException">It was not removed, or it is not known whether it was.</exception>
    public ValueTask UnmarkBrokenAsync(TenantId tenant, BlockId block, CancellationToken cancellationToken) =>
        bucket.DeleteAsync(BucketLayout.BrokenMark(tenant, block), cancellationToken);
}
