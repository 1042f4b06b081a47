using RemoteStore.Model;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.PromQL.Tests.Support;

/// <summary>
/// Series that are made as they are read, so that a test of many needs no memory for them: metric <c>m</c> counts up, <c>n</c> is a gauge with the same other labels,
/// and <c>h</c> is a native histogram when asked for.
/// </summary>
internal sealed class GeneratedStore(int series, long intervalMs) : IQueryable
{
    private readonly List<LabelSet> _labels = Labels(series);

    /// <summary>Distance of samples in milliseconds.</summary>
    public long IntervalMs { get; } = intervalMs;

    /// <summary>Number of native histogram series.</summary>
    public int Histograms { get; init; }

    /// <summary>Most samples of a series, the oldest of the range; ranges of centuries are asked for.</summary>
    public int MaxSamples { get; init; } = int.MaxValue;

    /// <summary>Series of a batch.</summary>
    public int SeriesPerBatch { get; init; } = 64;

    /// <summary>Called before each access to storage with the number of those before; may throw or cancel.</summary>
    public Action<int> OnAccess { get; set; } = static _ => { };

    /// <summary>How often storage was accessed: queriers opened, selections, batches.</summary>
    public int Accesses { get; private set; }

    /// <summary>Queriers that are open.</summary>
    public int Open { get; private set; }

    /// <inheritdoc/>
    public ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken)
    {
        Access(cancellationToken);
        Open++;
        return ValueTask.FromResult<IQuerier>(new Querier(this));
    }

    private static List<LabelSet> Labels(int series)
    {
        var labels = new List<LabelSet>(2 * series);
        foreach (string name in (string[])["m", "n"])
        {
            for (int i = 0; i < series; i++)
            {
                labels.Add(LabelSet.From("__name__", name, "instance", $"host-{i}:9100", "job", $"job-{i % 10}", "path", $"/api/v1/resource/{i % 97}"));
            }
        }

        return labels;
    }

    private void Access(CancellationToken cancellationToken)
    {
        OnAccess(Accesses++);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private sealed class Querier(GeneratedStore store) : IQuerier
    {
        public IReadOnlyList<MissingData> Missing => [];

        public ValueTask<ISeriesSet> SelectAsync(
            bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
        {
            store.Access(cancellationToken);
            List<LabelSet> found = [.. store._labels.Where(labels => Matches(labels, matchers))];
            List<LabelSet> histograms = [.. Enumerable.Range(0, store.Histograms)
                .Select(static i => LabelSet.From("__name__", "h", "instance", $"host-{i}:9100", "job", $"job-{i % 3}"))
                .Where(labels => Matches(labels, matchers))];
            return ValueTask.FromResult<ISeriesSet>(new SeriesSet(store, found, histograms, hints.Range));
        }

        public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException("queries do not list series");

        public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException("queries do not list names");

        public ValueTask<LimitedList<string>> LabelValuesAsync(
            string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException("queries do not list values");

        public ValueTask DisposeAsync()
        {
            store.Open--;
            return ValueTask.CompletedTask;
        }

        private static bool Matches(LabelSet labels, IReadOnlyList<LabelMatcher> matchers) =>
            matchers.All(matcher => matcher.Matches(labels.GetValue(matcher.NameUtf8.Span)));
    }

    private sealed class SeriesSet(GeneratedStore store, List<LabelSet> floats, List<LabelSet> histograms, QueryRange range) : ISeriesSet
    {
        private int _next;

        public SeriesBatch Current { get; set; } = new();

        public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            store.Access(cancellationToken);
            Current.Clear();
            for (int i = 0; i < store.SeriesPerBatch && _next < floats.Count + histograms.Count; i++, _next++)
            {
                if (_next < floats.Count)
                {
                    AddFloats(floats[_next]);
                }
                else
                {
                    AddHistograms(histograms[_next - floats.Count]);
                }
            }

            return ValueTask.FromResult(Current.Count > 0);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private IEnumerable<long> Times()
        {
            long interval = store.IntervalMs;
            long time = range.MinTime <= 0 ? 0 : (((range.MinTime - 1) / interval) + 1) * interval;
            for (int i = 0; i < store.MaxSamples && time >= 0 && time <= range.MaxTime; i++, time += interval)
            {
                yield return time;
            }
        }

        private void AddFloats(LabelSet labels)
        {
            int first = Current.Samples.Count;
            uint seed = (uint)_next * 2654435761;
            bool counts = labels.GetValue("__name__"u8)[0] == 'm';
            foreach (long time in Times())
            {
                double value = counts ? time / 1000.0 * (1 + (seed % 7)) : ((time / store.IntervalMs) + seed) % 1013;
                Current.Samples.Add(time, BitConverter.DoubleToInt64Bits(value));
            }

            Current.AddSeries(labels, first, Current.Samples.HistogramCount);
        }

        private void AddHistograms(LabelSet labels)
        {
            int first = Current.Samples.HistogramCount;
            foreach (long time in Times())
            {
                double count = time / 1000.0;
                var histogram = new FloatHistogram { Count = 3 * count, Sum = 7 * count };
                histogram.SetPositive([new(0, 2)], [count, 2 * count]);
                Current.Samples.AddHistogram(time, 0, HistogramPayload.Encode(histogram.ToNative()));
            }

            Current.AddSeries(labels, Current.Samples.Count, first);
        }
    }
}
