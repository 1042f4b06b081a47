using RemoteStore.Model;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Deleting;

/// <summary>Copies what deletions leave of a series.</summary>
public static class KeptSamples
{
    /// <summary>
    /// Appends the samples of a series that lie in none of the ranges, and windows without what may lie in one: of a window that a range cuts the first and last sample stay
    /// where they lie outside, the others are not known one by one.
    /// </summary>
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

    /// <summary>True when the windows of a series have something that lies in one of the ranges.</summary>
    /// <param name="batch">The batch that holds the series.</param>
    /// <param name="index">Which of its series.</param>
    /// <param name="deleted">Ranges that ascend and do not touch.</param>
    public static bool TouchesWindows(SeriesBatch batch, int index, IReadOnlyList<QueryRange> deleted)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (ref readonly WindowAggregate window in batch.Windows(index))
        {
            if (!KeptWindows.IsUntouched(deleted, window.Count, window.FirstMs, window.LastMs, window.StaleMs))
            {
                return true;
            }
        }

        foreach (ref readonly HistogramWindow window in batch.HistogramWindows(index))
        {
            if (!KeptWindows.IsUntouched(deleted, window.Count, window.FirstMs, window.LastMs, window.StaleMs))
            {
                return true;
            }
        }

        return false;
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

        KeptWindows.Copy(windows, deleted, destination);
        KeptWindows.Copy(source, histogramWindows, deleted, destination);
    }

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
