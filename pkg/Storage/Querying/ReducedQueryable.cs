using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Storage.Querying;

/// <summary>A store without sources that could not be read, whose views say so.</summary>
internal sealed class ReducedQueryable(IQueryable storage, IReadOnlyList<MissingData> without) : IQueryable
{
    /// <inheritdoc/>
    public async ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) => new View(
        storage is IPartialQueryable partial
            ? await partial.OpenQuerierAsync(tenant, range, without, cancellationToken).ConfigureAwait(false)
            : await storage.OpenQuerierAsync(tenant, range, cancellationToken).ConfigureAwait(false),
        without);

    private sealed class View(IQuerier inner, IReadOnlyList<MissingData> without) : IQuerier
    {
        /// <inheritdoc/>
        public IReadOnlyList<MissingData> Missing => PartialReads.Union(without, inner.Missing);

        /// <inheritdoc/>
        public ValueTask<ISeriesSet> SelectAsync(
            bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
            inner.SelectAsync(sorted, hints, matchers, cancellationToken);

        /// <inheritdoc/>
        public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(
            IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.SelectSeriesAsync(matchers, limit, cancellationToken);

        /// <inheritdoc/>
        public ValueTask<LimitedList<string>> LabelNamesAsync(
            IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.LabelNamesAsync(matchers, limit, cancellationToken);

        /// <inheritdoc/>
        public ValueTask<LimitedList<string>> LabelValuesAsync(
            string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.LabelValuesAsync(name, matchers, limit, cancellationToken);

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
