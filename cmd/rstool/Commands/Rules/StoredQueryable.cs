using RemoteStore.Model;
using RemoteStore.PromQL.Testing;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary>All samples of the tenant of a stopped store, for queries.</summary>
/// <param name="stored">The samples.</param>
internal sealed class StoredQueryable(StoredRaw stored) : IQueryable
{
    private readonly TestStorage _nothing = new();

    /// <inheritdoc/>
    public async ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        await stored.OpenQuerierAsync(range, cancellationToken).ConfigureAwait(false)
        ?? await _nothing.OpenQuerierAsync(tenant, range, cancellationToken).ConfigureAwait(false);
}
