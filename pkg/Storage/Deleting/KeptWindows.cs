using RemoteStore.Model;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Deleting;

/// <summary>
/// Copies what deletions leave of windows. A window that has none of its samples in a deleted range stays as it is. Of one that may have some, only samples that are known by
/// themselves are left: the first and the last, where they lie outside. Sum, extremes and number of the others cannot be told apart from what is deleted, and go with it.
/// A stale marker that ends a series which has ended already is no longer told of, as when windows are made.
/// </summary>
internal static class KeptWindows
{
    /// <summary>Appends what is left of windows of floats.</summary>
    /// <param name="windows">Ascending and disjoint, with all of their columns.</param>
    /// <param name="deleted">Ranges that ascend and do not touch.</param>
    /// <param name="destination">Gets them.</param>
    public static void Copy(ReadOnlySpan<WindowAggregate> windows, IReadOnlyList<QueryRange> deleted, SampleBuffer destination)
    {
        bool ended = false;
        foreach (ref readonly WindowAggregate window in windows)
        {
            WindowAggregate left = IsUntouched(deleted, window.Count, window.FirstMs, window.LastMs, window.StaleMs) ? window : Cut(window, deleted);
            if (left.Count > 0 || (left.StaleMs != 0 && !ended))
            {
                destination.AddWindow(left);
                ended = left.StaleMs != 0;
            }
        }
    }

    /// <summary>Appends what is left of windows of histograms.</summary>
    /// <param name="source">Holds the histograms.</param>
    /// <param name="windows">Ascending and disjoint, with all of their columns.</param>
    /// <param name="deleted">Ranges that ascend and do not touch.</param>
    /// <param name="destination">Gets them; another buffer.</param>
    /// <exception cref="InvalidDataException">A histogram cannot be read.</exception>
    public static void Copy(SampleBuffer source, ReadOnlySpan<HistogramWindow> windows, IReadOnlyList<QueryRange> deleted, SampleBuffer destination)
    {
        SampleMark before = destination.Mark;
        bool split = false;
        bool ended = false;
        foreach (ref readonly HistogramWindow window in windows)
        {
            if (IsUntouched(deleted, window.Count, window.FirstMs, window.LastMs, window.StaleMs))
            {
                if (window.Count == 0 && ended)
                {
                    continue;
                }

                ended = window.StaleMs != 0;
                destination.AddHistogramWindow(
                    window, source.Payload(window.First), source.Payload(window.Last), source.Payload(window.Sum), source.Payload(window.Resets));
                continue;
            }

            bool first = Keeps(deleted, window.Count, window.FirstMs);
            bool last = Keeps(deleted, window.Count, window.LastMs) && (!first || window.LastMs > window.FirstMs);
            long staleMs = KeptStale(deleted, window.StaleMs);
            if (first)
            {
                AddOnly(window, window.FirstMs, last ? 0 : staleMs, source.Payload(window.First), destination);
            }

            if (last)
            {
                AddOnly(window, window.LastMs, staleMs, source.Payload(window.Last), destination);
            }

            if (!first && !last && staleMs != 0 && !ended)
            {
                destination.AddHistogramWindow(new() { EndMs = window.EndMs, ResolutionMs = window.ResolutionMs, StaleMs = staleMs }, [], [], [], []);
            }

            split |= first && last;
            ended = first || last ? staleMs != 0 : ended || staleMs != 0;
        }

        if (split)
        {
            destination.SortAndDeduplicate(before); // both ends of a window become one again
        }
    }

    /// <summary>True when nothing of a window is deleted: between its ends it may have samples at any time, if it has more than two.</summary>
    public static bool IsUntouched(IReadOnlyList<QueryRange> deleted, long count, long firstMs, long lastMs, long staleMs)
    {
        foreach (QueryRange gone in deleted)
        {
            if ((count > 2 && gone.Overlaps(firstMs, lastMs))
                || (count > 0 && (gone.Contains(firstMs) || gone.Contains(lastMs)))
                || (staleMs != 0 && gone.Contains(staleMs)))
            {
                return false;
            }
        }

        return true;
    }

    private static WindowAggregate Cut(in WindowAggregate window, IReadOnlyList<QueryRange> deleted)
    {
        bool first = Keeps(deleted, window.Count, window.FirstMs);
        bool last = Keeps(deleted, window.Count, window.LastMs) && (!first || window.LastMs > window.FirstMs);
        WindowAggregate empty = new() { EndMs = window.EndMs, ResolutionMs = window.ResolutionMs, StaleMs = KeptStale(deleted, window.StaleMs) };
        WindowAggregate left = first ? Only(window, window.FirstMs, window.First) : empty;
        left = last ? left.Combine(Only(window, window.LastMs, window.Last)) : left;
        return left.Combine(empty);
    }

    private static bool Keeps(IReadOnlyList<QueryRange> deleted, long count, long timestampMs) =>
        count > 0 && !KeptSamples.Covers(deleted, new(timestampMs, timestampMs));

    private static long KeptStale(IReadOnlyList<QueryRange> deleted, long staleMs) =>
        staleMs == 0 || KeptSamples.Covers(deleted, new(staleMs, staleMs)) ? 0 : staleMs;

    private static WindowAggregate Only(in WindowAggregate window, long timestampMs, double value) =>
        WindowAggregate.OfSample(timestampMs, value) with { EndMs = window.EndMs, ResolutionMs = window.ResolutionMs, Sum = 0.0 + value }; // sums begin at 0, so none is -0

    private static void AddOnly(in HistogramWindow window, long timestampMs, long staleMs, ReadOnlySpan<byte> payload, SampleBuffer destination) =>
        destination.AddHistogramWindow(
            new()
            {
                EndMs = window.EndMs,
                ResolutionMs = window.ResolutionMs,
                FirstMs = timestampMs,
                LastMs = timestampMs,
                Count = 1,
                StaleMs = staleMs,
            },
            payload, payload, payload, []);
}
