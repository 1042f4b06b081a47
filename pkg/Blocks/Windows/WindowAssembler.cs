using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>Makes windows of columns: puts back what was not stored because the other columns imply it.</summary>
/// <param name="resolutionMs">Length of the windows, milliseconds.</param>
/// <param name="hints">Columns that the consumer asked for, the others stay 0; and which windows it looks at.</param>
internal sealed class WindowAssembler(long resolutionMs, SelectHints hints)
{
    private static readonly int s_count = Position(WindowColumns.Count);
    private static readonly int s_first = Position(WindowColumns.First);
    private static readonly int s_last = Position(WindowColumns.Last);
    private static readonly int s_max = Position(WindowColumns.Max);
    private static readonly int s_min = Position(WindowColumns.Min);
    private static readonly int s_resets = Position(WindowColumns.Resets);
    private static readonly int s_sum = Position(WindowColumns.Sum);

    private readonly bool _first = hints.Columns.HasFlag(WindowColumns.First);
    private readonly bool _last = hints.Columns.HasFlag(WindowColumns.Last);
    private readonly bool _max = hints.Columns.HasFlag(WindowColumns.Max);
    private readonly bool _min = hints.Columns.HasFlag(WindowColumns.Min);
    private readonly bool _resets = hints.Columns.HasFlag(WindowColumns.Resets);
    private readonly bool _sum = hints.Columns.HasFlag(WindowColumns.Sum);

    /// <summary>Columns that have to be read for those that are asked for: without the last values nothing says where a window is.</summary>
    public static WindowColumns Needed(WindowColumns asked)
    {
        WindowColumns needed = asked | WindowColumns.Last;
        if ((asked & WindowColumns.Sum) != 0)
        {
            needed |= WindowColumns.Count;
        }

        if ((asked & (WindowColumns.Min | WindowColumns.Max)) != 0)
        {
            needed |= WindowColumns.First;
        }

        return needed;
    }

    /// <summary>Appends the windows of a series, ascending and disjoint.</summary>
    public void Assemble(ColumnGroup group, SampleBuffer destination)
    {
        SampleMark before = destination.Mark;
        bool disjoint = AssembleFloats(group, destination);
        disjoint &= AssembleHistograms(group, destination);
        if (!disjoint)
        {
            destination.SortAndDeduplicate(before);
        }
    }

    /// <summary>Appends the last sample of each window, and the stale markers.</summary>
    public static void CopyLast(ColumnGroup group, SampleBuffer destination)
    {
        group.CopyTo(s_last, destination);
    }

    private static int Position(WindowColumns column) => Array.IndexOf(WindowFormat.Columns, column);

    /// <returns>False when two have the same end: halves of a window that is cut by the end of a block, in a block made of several.</returns>
    private bool AssembleFloats(ColumnGroup group, SampleBuffer destination)
    {
        ReadOnlySpan<long> times = group.Timestamps(s_last);
        ReadOnlySpan<double> values = group.Values(s_last);
        var counts = new FloatColumnCursor(group.Timestamps(s_count), group.Values(s_count));
        var firsts = new FloatColumnCursor(group.Timestamps(s_first), group.Values(s_first));
        var maxima = new FloatColumnCursor(group.Timestamps(s_max), group.Values(s_max));
        var minima = new FloatColumnCursor(group.Timestamps(s_min), group.Values(s_min));
        var resets = new FloatColumnCursor(group.Timestamps(s_resets), group.Values(s_resets));
        var sums = new FloatColumnCursor(group.Timestamps(s_sum), group.Values(s_sum));
        Span<WindowAggregate> windows = destination.AddUninitializedWindows(times.Length); // too many when markers end some
        var seen = new SeenWindows(hints);
        bool disjoint = true;
        int begun = 0;
        long end = 0;
        for (int i = 0; i < times.Length; i++)
        {
            long time = times[i];
            long before = end;
            end = i == 0 ? WindowGrid.EndOf(time, resolutionMs) : time <= end ? end : WindowGrid.NextEnd(end, time, resolutionMs);
            if (!seen.Contains(end))
            {
                _ = firsts.TryTakeBefore(time, out _, out _); // it is not that of a window to come
                continue;
            }

            double last = values[i];
            bool goesOn = i > 0 && end == before;
            if (BitConverter.DoubleToInt64Bits(last) == SampleBits.StaleMarker)
            {
                if (!goesOn)
                {
                    windows[begun++] = new WindowAggregate { EndMs = end, ResolutionMs = resolutionMs, StaleMs = time };
                }
                else if (windows[begun - 1].StaleMs == 0)
                {
                    windows[begun - 1] = windows[begun - 1] with { StaleMs = time };
                }

                continue;
            }

            disjoint &= !goesOn;
            long count = counts.TryTake(time, out double stored) ? (long)stored : 1;
            if (!firsts.TryTakeBefore(time, out long firstMs, out double first))
            {
                (firstMs, first) = (time, last);
            }

            windows[begun++] = new WindowAggregate
            {
                EndMs = end,
                ResolutionMs = resolutionMs,
                FirstMs = _first ? firstMs : 0,
                LastMs = time,
                Count = count,
                Sum = !_sum ? 0 : sums.TryTake(time, out double sum) ? sum : ImpliedValues.Sum(count, last),
                Min = !_min ? 0 : minima.TryTake(time, out double min) ? min : ImpliedValues.Min(first, last),
                Max = !_max ? 0 : maxima.TryTake(time, out double max) ? max : ImpliedValues.Max(first, last),
                First = _first ? first : 0,
                Last = _last ? last : 0,
                Resets = _resets && resets.TryTake(time, out double reset) ? reset : 0,
            };
        }

        destination.RemoveLastWindows(times.Length - begun);
        return disjoint;
    }

    private bool AssembleHistograms(ColumnGroup group, SampleBuffer destination)
    {
        ReadOnlySpan<HistogramSample> lasts = group.Histograms(s_last);
        if (lasts.IsEmpty)
        {
            return true;
        }

        var counts = new FloatColumnCursor(group.Timestamps(s_count), group.Values(s_count));
        var firsts = new HistogramColumnCursor(group, s_first);
        var resets = new HistogramColumnCursor(group, s_resets);
        var sums = new HistogramColumnCursor(group, s_sum);
        var seen = new SeenWindows(hints);
        bool disjoint = true;
        long previousEnd = long.MinValue;
        for (int i = 0; i < lasts.Length; i++)
        {
            long time = lasts[i].TimestampMs;
            long end = WindowGrid.EndOf(time, resolutionMs);
            if (!seen.Contains(end))
            {
                _ = firsts.TryTakeBefore(time, out _, out _);
                continue;
            }

            disjoint &= i == 0 || end != previousEnd;
            previousEnd = end;
            ReadOnlySpan<byte> last = group.Payload(s_last, lasts[i]);
            if (last.SequenceEqual(WindowFormat.StaleHistogram))
            {
                destination.AddHistogramWindow(new HistogramWindow { EndMs = end, ResolutionMs = resolutionMs, StaleMs = time }, [], [], [], []);
                continue;
            }

            // The marker that ends the series in this window, if there is one, comes next.
            long staleMs = 0;
            if (i + 1 < lasts.Length && lasts[i + 1].TimestampMs <= end
                && group.Payload(s_last, lasts[i + 1]).SequenceEqual(WindowFormat.StaleHistogram))
            {
                staleMs = lasts[++i].TimestampMs;
            }

            long count = counts.TryTake(time, out double stored) ? (long)stored : 1;
            if (!firsts.TryTakeBefore(time, out long firstMs, out ReadOnlySpan<byte> first))
            {
                firstMs = time;
                first = last;
            }

            ReadOnlySpan<byte> sum = sums.Take(time);
            destination.AddHistogramWindow(
                new HistogramWindow
                {
                    EndMs = end,
                    ResolutionMs = resolutionMs,
                    FirstMs = _first ? firstMs : 0,
                    LastMs = time,
                    Count = count,
                    StaleMs = staleMs,
                },
                _first ? first : [],
                _last ? last : [],
                !_sum ? [] : sum.IsEmpty && count == 1 ? last : sum,
                _resets ? resets.Take(time) : []);
        }

        return disjoint;
    }
}
