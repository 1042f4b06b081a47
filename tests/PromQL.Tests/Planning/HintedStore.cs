using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.PromQL.Tests.Planning;

/// <summary>A store that reads no sample outside of the range that the hints of a selection name.</summary>
internal sealed class HintedStore(IQueryable store) : IQueryable
{
    public async ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        new Querier(store, tenant, range, await store.OpenQuerierAsync(tenant, range, cancellationToken));

    private sealed class Querier(IQueryable store, TenantId tenant, QueryRange range, IQuerier whole) : IQuerier
    {
        private readonly List<IQuerier> _parts = [whole];

        public IReadOnlyList<MissingData> Missing => whole.Missing;

        public async ValueTask<ISeriesSet> SelectAsync(
            bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
        {
            if (hints.Range.MinTime < range.MinTime || hints.Range.MaxTime > range.MaxTime)
            {
                throw new InvalidOperationException($"{hints.Range} was asked for within {range}");
            }

            IQuerier part = await store.OpenQuerierAsync(tenant, hints.Range, cancellationToken);
            _parts.Add(part);
            return await part.SelectAsync(sorted, hints, matchers, cancellationToken);
        }

        public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            whole.SelectSeriesAsync(matchers, limit, cancellationToken);

        public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            whole.LabelNamesAsync(matchers, limit, cancellationToken);

        public ValueTask<LimitedList<string>> LabelValuesAsync(
            string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            whole.LabelValuesAsync(name, matchers, limit, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            foreach (IQuerier part in _parts)
            {
                await part.DisposeAsync();
            }
        }
    }
}
