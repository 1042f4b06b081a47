using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Testing.Windows;

/// <summary>
/// Shows what another store holds as windows, where it is told to: what is left when raw samples are gone. To consumers that read no windows it gives the last sample
/// of each.
/// </summary>
/// <param name="raw">Where the samples are.</param>
/// <param name="maxResolutionMs">Longest window.</param>
/// <param name="resolutionAt">Resolution at a time, in milliseconds, the same within each window; 0 for raw samples.</param>
public sealed class DownsampledStore(IQueryable raw, long maxResolutionMs, Func<long, long> resolutionAt) : IQueryable
{
    private readonly List<SelectHints> _selections = [];

    /// <summary>Hints of the selections so far.</summary>
    public IReadOnlyList<SelectHints> Selections => _selections;

    /// <inheritdoc/>
    public async ValueTask<IQuerier> OpenQuerierAsync(TenantId tenant, QueryRange range, CancellationToken cancellationToken) =>
        new Querier(await raw.OpenQuerierAsync(tenant, Widen(range), cancellationToken).ConfigureAwait(false), this);

    private QueryRange Widen(QueryRange range) => new(Math.Max(range.MinTime, long.MinValue / 2) - (2 * maxResolutionMs), Math.Min(range.MaxTime, long.MaxValue / 2) + maxResolutionMs);

    private void Downsample(SeriesBatch from, int index, SeriesBatch to, SelectHints hints)
    {
        SampleMark before = to.Samples.Mark;
        AddFloats(from, index, to.Samples, hints);
        AddHistograms(from, index, to.Samples, hints);
        to.AddSeries(new LabelSet(from.Labels(index).Bytes.ToArray()), before);
    }

    private void AddFloats(SeriesBatch from, int index, SampleBuffer to, SelectHints hints)
    {
        ReadOnlySpan<long> times = from.Timestamps(index);
        ReadOnlySpan<long> bits = from.ValueBits(index);
        ReadOnlySpan<long> starts = from.StartTimestamps(index);
        for (int i = 0; i < times.Length;)
        {
            long resolution = resolutionAt(times[i]);
            if (resolution == 0)
            {
                if (hints.Range.Contains(times[i]))
                {
                    to.Add(times[i], bits[i], starts.IsEmpty ? 0 : starts[i]);
                }

                i++;
                continue;
            }

            long end = WindowMaker.EndOf(times[i], resolution);
            var samples = new List<(long, long)>();
            for (; i < times.Length && times[i] <= end; i++)
            {
                samples.Add((times[i], bits[i]));
            }

            WindowAggregate window = WindowMaker.Of(samples, end, resolution, hints.AcceptsWindows ? hints.Columns : WindowColumns.All);
            if (hints.AcceptsWindows && IsNeeded(window.StartMs, end, resolution, hints))
            {
                to.AddWindow(window);
            }
            else if (!hints.AcceptsWindows && window.Count > 0 && hints.Range.Contains(window.LastMs))
            {
                to.Add(window.LastMs, BitConverter.DoubleToInt64Bits(window.Last));
            }
        }
    }

    private void AddHistograms(SeriesBatch from, int index, SampleBuffer to, SelectHints hints)
    {
        ReadOnlySpan<HistogramSample> samples = from.Histograms(index);
        for (int i = 0; i < samples.Length;)
        {
            long resolution = resolutionAt(samples[i].TimestampMs);
            int first = i++;
            if (resolution == 0)
            {
                if (hints.Range.Contains(samples[first].TimestampMs))
                {
                    to.AddHistogram(samples[first].TimestampMs, samples[first].StartTimestampMs, from.Samples.Payload(samples[first]));
                }

                continue;
            }

            long end = WindowMaker.EndOf(samples[first].TimestampMs, resolution);
            while (i < samples.Length && samples[i].TimestampMs <= end)
            {
                i++;
            }

            if (hints.AcceptsWindows && IsNeeded(end - resolution, end, resolution, hints))
            {
                WindowMaker.Add(to, from, samples[first..i], end, resolution, hints.Columns);
            }
            else if (!hints.AcceptsWindows && hints.Range.Contains(samples[i - 1].TimestampMs))
            {
                to.AddHistogram(samples[i - 1].TimestampMs, 0, from.Samples.Payload(samples[i - 1]));
            }
        }
    }

    private static bool IsNeeded(long startMs, long endMs, long resolutionMs, SelectHints hints) =>
        endMs > hints.Range.MinTime - resolutionMs && startMs < hints.Range.MaxTime;

    private sealed class Querier(IQuerier inner, DownsampledStore store) : IQuerier
    {
        public IReadOnlyList<MissingData> Missing => inner.Missing;

        public async ValueTask<ISeriesSet> SelectAsync(
            bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
        {
            store._selections.Add(hints);
            return new SeriesSet(
                await inner.SelectAsync(sorted, hints with { Range = store.Widen(hints.Range) }, matchers, cancellationToken).ConfigureAwait(false), store, hints);
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

    private sealed class SeriesSet(ISeriesSet inner, DownsampledStore store, SelectHints hints) : ISeriesSet
    {
        public SeriesBatch Current { get; set; } = new();

        public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            Current.Clear();
            if (!await inner.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            for (int i = 0; i < inner.Current.Count; i++)
            {
                store.Downsample(inner.Current, i, Current, hints);
            }

            return true;
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
