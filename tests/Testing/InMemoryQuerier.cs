using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Testing;

/// <summary>A view of one tenant of an <see cref="InMemoryStore"/>.</summary>
internal sealed class InMemoryQuerier(IReadOnlyList<InMemorySeries> snapshot, QueryRange range, int seriesPerBatch) : IQuerier
{
    public static bool Matches(LabelSet labels, IReadOnlyList<LabelMatcher> matchers) =>
        matchers.All(matcher => matcher.Matches(labels.GetValue(matcher.NameUtf8.Span)));

    public IReadOnlyList<MissingData> Missing => [];

    public ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ISeriesSet>(new SeriesSet([.. Select(matchers)], hints.Range, seriesPerBatch));

    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Limit([.. Select(matchers).Select(static series => series.Labels)], limit));

    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Limit(Distinct(Select(matchers).SelectMany(static series => series.Labels.ToPairs()).Select(static pair => pair.Key)), limit));

    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Limit(
            Distinct(Select(matchers).SelectMany(static series => series.Labels.ToPairs()).Where(pair => pair.Key == name).Select(static pair => pair.Value)),
            limit));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IEnumerable<InMemorySeries> Select(IReadOnlyList<LabelMatcher> matchers) => snapshot.Where(series =>
        Matches(series.Labels, matchers) && (series.Floats.Keys.Any(range.Contains) || series.Histograms.Keys.Any(range.Contains)));

    private static List<string> Distinct(IEnumerable<string> texts) =>
        [.. texts.Distinct().OrderBy(static text => text, Comparer<string>.Create(static (a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))))];

    private static LimitedList<T> Limit<T>(List<T> items, int limit) =>
        limit > 0 && items.Count > limit ? new(items.GetRange(0, limit), true) : new(items, false);

    private sealed class SeriesSet(List<InMemorySeries> series, QueryRange range, int seriesPerBatch) : ISeriesSet
    {
        private int _next;

        public SeriesBatch Current { get; set; } = new();

        public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Current.Clear();
            for (int i = 0; i < seriesPerBatch && _next < series.Count; i++)
            {
                Add(series[_next++]);
            }

            return ValueTask.FromResult(Current.Count > 0);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Add(InMemorySeries one)
        {
            int firstFloat = Current.Samples.Count;
            int firstHistogram = Current.Samples.HistogramCount;
            foreach ((long t, (long bits, long start)) in one.Floats)
            {
                if (range.Contains(t))
                {
                    Current.Samples.Add(t, bits, start);
                }
            }

            foreach ((long t, (byte[] payload, long start)) in one.Histograms)
            {
                if (range.Contains(t))
                {
                    Current.Samples.AddHistogram(t, start, payload);
                }
            }

            Current.AddSeries(one.Labels, firstFloat, firstHistogram);
        }
    }
}
