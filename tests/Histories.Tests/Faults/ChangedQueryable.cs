using RemoteStore.Histories.Tests.Model;
using RemoteStore.Histories.Tests.Store;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Histories.Tests.Faults;

/// <summary>Changes the series that a store selects.</summary>
internal sealed class ChangedQueryable(IQueryable inner, Func<TenantId, List<SeriesAnswer>, List<SeriesAnswer>> change) : IQueryable
{
    public async ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        new Querier(await inner.OpenQuerierAsync(tenant, range, cancellationToken), answers => change(tenant, answers));

    private sealed class Querier(IQuerier inner, Func<List<SeriesAnswer>, List<SeriesAnswer>> change) : IQuerier
    {
        public IReadOnlyList<MissingData> Missing => inner.Missing;

        public async ValueTask<ISeriesSet> SelectAsync(
            bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
        {
            await using ISeriesSet set = await inner.SelectAsync(sorted, hints, matchers, cancellationToken);
            return new Set(change(await StoreReader.ReadAsync(set)));
        }

        public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.SelectSeriesAsync(matchers, limit, cancellationToken);

        public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.LabelNamesAsync(matchers, limit, cancellationToken);

        public ValueTask<LimitedList<string>> LabelValuesAsync(
            string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            inner.LabelValuesAsync(name, matchers, limit, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Set(List<SeriesAnswer> answers) : ISeriesSet
    {
        private bool _read;

        public SeriesBatch Current { get; set; } = new();

        public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            Current.Clear();
            if (_read || answers.Count == 0)
            {
                return new(false);
            }

            _read = true;
            foreach (SeriesAnswer answer in answers)
            {
                int floats = Current.Samples.Count;
                int histograms = Current.Samples.HistogramCount;
                foreach ((long t, Sample sample) in answer.Samples)
                {
                    if (sample.Histogram is { } payload)
                    {
                        Current.Samples.AddHistogram(t, sample.StartMs, Convert.FromHexString(payload));
                    }
                    else
                    {
                        Current.Samples.Add(t, sample.Bits, sample.StartMs);
                    }
                }

                Current.AddSeries(answer.Labels, floats, histograms);
            }

            return new(true);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
