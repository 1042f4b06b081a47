using RemoteStore.Model;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>
/// The bucket indexes as this process knows them. Refreshed in the background, so that readers wait only for the first load; never goes back to an older
/// listing. Safe for concurrent use.
/// </summary>
/// <remarks>
/// A block leaves the local store only after the index in here lists it, so that a view of the local store that was opened before this index was taken and
/// the blocks of this index together have every acknowledged sample, however old the index is.
/// </remarks>
public interface IBucketIndexView
{
    /// <summary>The tenant's index, empty when the bucket has none. Waits only while nothing was loaded yet.</summary>
    /// <exception cref="Primitives.Files.CorruptDataException">It is damaged, and no sound one was loaded before.</exception>
    /// <exception cref="ObjectStore.BucketException">It cannot be loaded, and none was loaded before.</exception>
    ValueTask<BucketIndex> GetAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>What was loaded last, without asking the bucket; null when nothing was.</summary>
    BucketIndex? Peek(TenantId tenant);

    /// <summary>Takes over an index that this process has written just now, so that its readers need not wait for the next refresh.</summary>
    void Offer(BucketIndex index);
}
