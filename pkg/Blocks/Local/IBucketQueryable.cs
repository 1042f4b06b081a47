using RemoteStore.Model;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Local;

/// <summary>Blocks in a bucket, read beside a local store that still holds some of them (<see cref="ILocalView"/>).</summary>
public interface IBucketQueryable : IPartialQueryable
{
    /// <summary>
    /// False when the bucket has nothing in the range beyond what the local store holds. Answered at once, from what is in memory; true when that does not tell.
    /// </summary>
    /// <param name="tenant">Whose data.</param>
    /// <param name="range">What is read.</param>
    /// <param name="held">What the local view holds, which was opened before.</param>
    bool MayAdd(TenantId tenant, QueryRange range, LocalHoldings held);

    /// <summary>Opens a view of what the bucket has beside a local view.</summary>
    /// <param name="tenant">Whose data.</param>
    /// <param name="range">As in every store.</param>
    /// <param name="held">What the local view holds, which was opened before.</param>
    /// <param name="without">Gaps that reads met before: their sources are left out.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="MissingDataException">Something cannot be read.</exception>
    /// <exception cref="IOException">What the bucket has cannot be told.</exception>
    ValueTask<IQuerier> OpenQuerierAsync(
        TenantId tenant, QueryRange range, LocalHoldings held, IReadOnlyList<MissingData> without, CancellationToken cancellationToken);
}
