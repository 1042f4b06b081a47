using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// Goes with the steps of a query over windows, ascending and disjoint, and finds those that stand for each range. A window is taken whole. One whose last sample is
/// behind the right end of the range is not seen yet: the range then ends where that window begins, keeps its length, and is widened to the left to whole windows.
/// When that leaves nothing, the window in which it ends stands for it: a range in which there may be samples is never empty.
/// </summary>
/// <param name="knowsFirst">
/// True when the consumer reads the first samples of windows. Else a window counts as beginning with a sample, whether or not others had its first one read.
/// </param>
internal struct WindowCursor(bool knowsFirst)
{
    private int _first;
    private int _end;

    /// <summary>The windows for a range; its ends do not decrease from call to call.</summary>
    /// <param name="windows">The same at each call, each with a sample.</param>
    /// <param name="startMs">Left end, exclusive.</param>
    /// <param name="endMs">Right end, inclusive.</param>
    public WindowChoice Move(ReadOnlySpan<WindowAggregate> windows, long startMs, long endMs)
    {
        while (_end < windows.Length && windows[_end].LastMs <= endMs)
        {
            _end++;
        }

        bool isCut = _end < windows.Length && FirstMs(windows[_end]) <= endMs && startMs < endMs;
        long end = isCut ? windows[_end].StartMs : endMs;
        long start = isCut ? end - (endMs - startMs) : startMs;
        while (_first < _end && windows[_first].LastMs <= start)
        {
            _first++;
        }

        while (_first > 0 && windows[_first - 1].LastMs > start)
        {
            _first--; // a range that ends in a window begins earlier than one that ends before the first sample of it
        }

        int cut = isCut ? _end : -1;
        long resolution = isCut ? windows[_end].ResolutionMs : 0;
        if (_first < _end)
        {
            ref readonly WindowAggregate first = ref windows[_first];
            return FirstMs(first) <= start
                ? new(_first, _end, cut, WindowChoice.LeftEnd(first, knowsFirst), end, Math.Max(resolution, first.ResolutionMs))
                : new(_first, _end, cut, start, end, resolution);
        }

        return isCut
            ? new(_end, _end + 1, cut, WindowChoice.LeftEnd(windows[_end], knowsFirst), WindowChoice.RightEnd(windows[_end], knowsFirst), resolution)
            : new(_end, _end, cut, startMs, endMs, 0);
    }

    /// <summary>When the first sample is, at the earliest.</summary>
    private readonly long FirstMs(in WindowAggregate window) => knowsFirst ? Math.Max(window.FirstMs, window.StartMs + 1) : window.StartMs + 1;
}
