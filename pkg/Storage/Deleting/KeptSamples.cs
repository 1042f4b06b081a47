using RemoteStore.Model;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Deleting;

/// <summary>Copies what deletions leave of a series.</summary>
public static class KeptSamples
{
    /// <summary>Appends the samples of a series that lie in none of the ranges, and the windows that have a sample in none of them.</summary>
    /// <param name="batch">The batch that holds the series.</param>
    /// <param name="index">Which of its series.</param>
    /// <param name="deleted">Ranges that ascend and do not touch, see <see cref="SeriesDeletions.RangesOf"/>.</param>
    /// <param name="destination">Gets them; not the buffer of the batch.</param>
    public static void Copy(SeriesBatch batch, int index, IReadOnlyList<QueryRange> deleted, SampleBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Copy(
            batch.Samples, batch.Timestamps(index), batch.ValueBits(index), batch.StartTimestamps(index), batch.Histograms(index), batch.Windows(index),
            batch.HistogramWindows(index), deleted, destination);
    }

    /// <summary>As the other, for a buffer that holds one series.</summary>
    /// <param name="samples">The series.</param>
    /// <param name="deleted">Ranges that ascend and do not touch.</param>
    /// <param name="destination">Gets what is left; another buffer.</param>
    public static void Copy(SampleBuffer samples, IReadOnlyList<QueryRange> deleted, SampleBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(samples);
        Copy(
            samples, samples.Timestamps, samples.ValueBits, samples.StartTimestamps, samples.Histograms, samples.Windows, samples.HistogramWindows, deleted,
            destination);
    }

    /// <summary>True when every time of the range lies in one of the others.</summary>
    /// <param name="range">The range, not empty.</param>
    /// <param name="deleted">Ranges that ascend and do not touch.</param>
    public static bool Covers(IReadOnlyList<QueryRange> deleted, QueryRange range)
    {
        ArgumentNullException.ThrowIfNull(deleted);
        foreach (QueryRange gone in deleted)
        {
            if (gone.MinTime <= range.MinTime && gone.MaxTime >= range.MaxTime)
            {
                return true;
            }
        }

        return false;
    }

    private static void Copy(
        SampleBuffer source,
        ReadOnlySpan<long> timestamps,
        ReadOnlySpan<long> valueBits,
        ReadOnlySpan<long> starts,
        ReadOnlySpan<HistogramSample> histograms,
        ReadOnlySpan<WindowAggregate> windows,
        ReadOnlySpan<HistogramWindow> histogramWindows,
        IReadOnlyList<QueryRange> deleted,
        SampleBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(deleted);
        ArgumentNullException.ThrowIfNull(destination);
        int from = 0;
        foreach (QueryRange gone in deleted)
        {
            int end = FirstAtOrAfter(timestamps, from, gone.MinTime);
            Add(from, end, timestamps, valueBits, starts, destination);
            from = gone.MaxTime == long.MaxValue ? timestamps.Length : FirstAtOrAfter(timestamps, end, gone.MaxTime + 1);
        }

        Add(from, timestamps.Length, timestamps, valueBits, starts, destination);
        foreach (HistogramSample histogram in histograms)
        {
            if (!Covers(deleted, new(histogram.TimestampMs, histogram.TimestampMs)))
            {
                destination.AddHistogram(histogram.TimestampMs, histogram.StartTimestampMs, source.Payload(histogram));
            }
        }

        foreach (ref readonly WindowAggregate window in windows)
        {
            if (!Covers(deleted, SpanOf(window.Count, window.FirstMs, window.LastMs, window.StaleMs)))
            {
                destination.AddWindow(window);
            }
        }

        foreach (ref readonly HistogramWindow window in histogramWindows)
        {
            if (!Covers(deleted, SpanOf(window.Count, window.FirstMs, window.LastMs, window.StaleMs)))
            {
                destination.AddHistogramWindow(
                    window, source.Payload(window.First), source.Payload(window.Last), source.Payload(window.Sum), source.Payload(window.Resets));
            }
        }
    }

    private static QueryRange SpanOf(long count, long firstMs, long lastMs, long staleMs) => count == 0 ? new(staleMs, staleMs) : new(firstMs, lastMs);

    private static void Add(
        int from, int end, ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits, ReadOnlySpan<long> starts, SampleBuffer destination)
    {
        if (end > from)
        {
            destination.Add(timestamps[from..end], valueBits[from..end], starts.IsEmpty ? [] : starts[from..end]);
        }
    }

    private static int FirstAtOrAfter(ReadOnlySpan<long> timestamps, int from, long timeMs)
    {
        int found = timestamps[from..].BinarySearch(timeMs);
        return from + (found >= 0 ? found : ~found);
    }
}
