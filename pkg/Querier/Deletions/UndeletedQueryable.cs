using RemoteStore.Model;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Deletions;

/// <summary>
/// A store without what is deleted and still in it. While a tenant has no pending deletion its views are those of the store itself. Safe for concurrent use.
/// </summary>
/// <param name="inner">The store.</param>
/// <param name="pending">What is deleted.</param>
public sealed class UndeletedQueryable(IQueryable inner, IPendingDeletions pending) : IPartialQueryable
{
    /// <inheritdoc/>
    public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        OpenQuerierAsync(tenant, range, [], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IQuerier> OpenQuerierAsync(
        TenantId tenant, QueryRange range, IReadOnlyList<MissingData> without, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(without);

        // Before the view is opened: a deletion is over only when nothing of it is stored, so that a view opened later has nothing of those that are not listed.
        SeriesDeletions deletions = await pending.GetAsync(tenant, cancellationToken).ConfigureAwait(false);
        IQuerier querier = without.Count > 0 && inner is IPartialQueryable partial
            ? await partial.OpenQuerierAsync(tenant, range, without, cancellationToken).ConfigureAwait(false)
            : await inner.OpenQuerierAsync(tenant, range, cancellationToken).ConfigureAwait(false);
        return deletions.IsEmpty ? querier : new UndeletedQuerier(querier, deletions, range);
    }
}
