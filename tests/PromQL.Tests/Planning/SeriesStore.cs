using RemoteStore.Model;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Testing;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.PromQL.Tests.Planning;

/// <summary>A store for tests that counts how often series are selected and notes the hints.</summary>
internal sealed class SeriesStore : IQueryable
{
    private readonly TestStorage _storage = new();

    /// <summary>Selections so far.</summary>
    public List<SelectHints> Selections { get; } = [];

    /// <summary>Adds a series with a sample every ten seconds from time zero on.</summary>
    /// <param name="name">Metric name.</param>
    /// <param name="labels">Names and values in turn.</param>
    /// <param name="values">A sample each; null for none.</param>
    public SeriesStore Add(string name, string[] labels, IEnumerable<double?> values)
    {
        LabelSet series = Labels(name, labels);
        long time = 0;
        foreach (double? value in values)
        {
            if (value is { } sample)
            {
                _storage.Add(series, time, BitConverter.DoubleToInt64Bits(sample));
            }

            time += 10_000;
        }

        return this;
    }

    /// <summary>Adds a series of native histograms, one every ten seconds from time zero on.</summary>
    public SeriesStore Add(string name, string[] labels, IEnumerable<FloatHistogram> values)
    {
        LabelSet series = Labels(name, labels);
        long time = 0;
        foreach (FloatHistogram histogram in values)
        {
            _storage.Add(series, time, histogram.ToNative());
            time += 10_000;
        }

        return this;
    }

    /// <summary>Values that rise by one.</summary>
    public static IEnumerable<double?> Rising(int count) => Enumerable.Range(1, count).Select(static i => (double?)i);

    /// <inheritdoc/>
    public async ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        new Querier(await _storage.OpenQuerierAsync(tenant, range, cancellationToken), Selections);

    private static LabelSet Labels(string name, string[] labels) => LabelSetBuilder.Build(
        [new("__name__", name), .. labels.Chunk(2).Select(static pair => new KeyValuePair<string, string>(pair[0], pair[1]))]);

    private sealed class Querier(IQuerier inner, List<SelectHints> selections) : IQuerier
    {
        public IReadOnlyList<MissingData> Missing => inner.Missing;

        public ValueTask<ISeriesSet> SelectAsync(
            bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
        {
            selections.Add(hints);
            return inner.SelectAsync(sorted, hints, matchers, cancellationToken);
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
}
