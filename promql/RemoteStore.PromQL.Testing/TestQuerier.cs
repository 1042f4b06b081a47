using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Testing;

/// <summary>A view of a <see cref="TestStorage"/>.</summary>
internal sealed class TestQuerier(IReadOnlyList<TestSeries> series, QueryRange range) : IQuerier
{
    private const int SeriesPerBatch = 64;

    public IReadOnlyList<MissingData> Missing => [];

    public ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        List<TestSeries> found = [.. series.Where(one => Matches(one.Labels, matchers))];
        if (sorted)
        {
            found.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        }

        return ValueTask.FromResult<ISeriesSet>(new SeriesSet(found, hints.Range));
    }

    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Limit([.. Select(matchers).Select(static one => one.Labels).Order()], limit));

    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Limit(Ordered(Select(matchers).SelectMany(static one => one.Labels.ToPairs()).Select(static pair => pair.Key)), limit));

    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) => ValueTask.FromResult(Limit(
            Ordered(Select(matchers).SelectMany(static one => one.Labels.ToPairs()).Where(pair => pair.Key == name).Select(static pair => pair.Value)), limit));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool Matches(LabelSet labels, IReadOnlyList<LabelMatcher> matchers) =>
        matchers.All(matcher => matcher.Matches(labels.GetValue(matcher.NameUtf8.Span)));

    private static List<string> Ordered(IEnumerable<string> texts) =>
        [.. texts.Distinct().OrderBy(static t => t, Comparer<string>.Create(static (a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))))];

    private static LimitedList<T> Limit<T>(List<T> items, int limit) =>
        limit > 0 && items.Count > limit ? new(items.GetRange(0, limit), true) : new(items, false);

    private IEnumerable<TestSeries> Select(IReadOnlyList<LabelMatcher> matchers) =>
        series.Where(one => Matches(one.Labels, matchers) && one.Samples().Any(sample => range.Contains(sample.Time)));

    private sealed class SeriesSet(List<TestSeries> series, QueryRange range) : ISeriesSet
    {
        private int _next;

        public SeriesBatch Current { get; set; } = new();

        public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Current.Clear();
            for (int i = 0; i < SeriesPerBatch && _next < series.Count; i++)
            {
                Add(series[_next++]);
            }

            return ValueTask.FromResult(Current.Count > 0);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Add(TestSeries one)
        {
            int firstFloat = Current.Samples.Count;
            int firstHistogram = Current.Samples.HistogramCount;
            foreach ((long time, long bits, byte[]? payload, long start) in one.Samples())
            {
                if (!range.Contains(time))
                {
                    continue;
                }

                if (payload is null)
                {
                    Current.Samples.Add(time, bits, start);
                }
                else
                {
                    Current.Samples.AddHistogram(time, start, payload);
                }
            }

            Current.AddSeries(one.Labels, firstFloat, firstHistogram);
        }
    }
}
