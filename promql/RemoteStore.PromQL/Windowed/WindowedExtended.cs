using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// Ranges that are anchored or smoothed, and smoothed instants, over windows: the kernel over samples takes <see cref="ExtendedPoints"/>. Where an end of the range
/// lies inside a window, both points around it belong to the range, however far away, and the value there is interpolated.
/// </summary>
internal sealed class WindowedExtended(
    QueryContext query, StepGrid grid, SelectorWindow window, RangeFunction function, (RangeKernel Usual, RangeKernel? Cut) kernels, WindowNotes notes)
    : IDisposable
{
    private readonly ExtendedPoints _points = new(query.Memory, function.Windowed.SeesResets);

    /// <summary>Fills a row that has been begun.</summary>
    public void Evaluate(
        ReadOnlySpan<WindowAggregate> floats, ReadOnlySpan<WindowAggregate> spans, ReadOnlySpan<HistogramPiece> histograms, StepSeries row)
    {
        RangeColumns points = _points.Of(floats, spans, histograms);
        kernels.Usual.Begin(points);
        kernels.Cut?.Begin(points);
        for (int step = 0; step < grid.Count; step++)
        {
            query.ThrowIfCancelled();
            long end = window.Reference(grid, step);
            long start = end - window.RangeMs;
            (int first, int count) = Find(points.Times, floats, start, end);
            (int firstHistogram, int histogramCount) = Find(points.HistogramTimes, spans, start, end);
            if (count + histogramCount == 0)
            {
                continue;
            }

            function.Meter.Looked(function.Meter.TellsSteps ? step : 0, count + histogramCount);
            bool isCut = Around(floats, start) is not null || Around(floats, end) is not null || Around(spans, start) is not null || Around(spans, end) is not null;
            (isCut ? kernels.Cut ?? kernels.Usual : kernels.Usual).Compute(
                new RangeWindow(points, first, count, firstHistogram, histogramCount)
                {
                    Step = step,
                    TimeMs = grid.Time(step),
                    StartMs = start,
                    EndMs = end,
                },
                row);
            if (row.Has(step))
            {
                Tell(floats, start, end);
                Tell(spans, start, end);
            }
        }

        if (_points.LostResetsMs > 0 && !Presence.IsEmpty(row.Present))
        {
            notes.Estimated(_points.LostResetsMs);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        kernels.Cut?.Dispose();
        _points.Dispose();
    }

    private (int First, int Count) Find(ReadOnlySpan<long> times, ReadOnlySpan<WindowAggregate> windows, long start, long end)
    {
        int first = UpperBound(times, start - window.ReachBackMs);
        int behind = UpperBound(times, end + window.ReachAheadMs);
        if (Around(windows, start) is not null)
        {
            first = Math.Min(first, UpperBound(times, start) - 1);
        }

        if (Around(windows, end) is not null)
        {
            behind = Math.Max(behind, UpperBound(times, end) + 1);
        }

        return (first, behind - first);
    }

    private void Tell(ReadOnlySpan<WindowAggregate> windows, long start, long end)
    {
        if ((Around(windows, start) ?? Around(windows, end)) is { } cut)
        {
            notes.Widened(cut.ResolutionMs);
        }
        else if (function.Windowed.Counts && LastIn(windows, start, end) is { Count: > 2 } last)
        {
            notes.Estimated(last.ResolutionMs);
        }
    }

    /// <summary>The window that has samples on both sides of a time, or at it and behind it.</summary>
    private static WindowAggregate? Around(ReadOnlySpan<WindowAggregate> windows, long time)
    {
        int at = FirstEndingBehind(windows, time);
        return at < windows.Length && windows[at].FirstMs <= time ? windows[at] : null;
    }

    private static WindowAggregate? LastIn(ReadOnlySpan<WindowAggregate> windows, long start, long end)
    {
        int at = FirstEndingBehind(windows, end) - 1;
        return at >= 0 && windows[at].LastMs > start ? windows[at] : null;
    }

    private static int FirstEndingBehind(ReadOnlySpan<WindowAggregate> windows, long time)
    {
        int low = 0;
        int high = windows.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = windows[middle].LastMs > time ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static int UpperBound(ReadOnlySpan<long> times, long time)
    {
        int at = times.BinarySearch(time);
        return at >= 0 ? at + 1 : ~at;
    }
}
