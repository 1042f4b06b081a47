using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>The windows that stand for the range of one step.</summary>
/// <param name="First">Index of the first.</param>
/// <param name="End">Index behind the last.</param>
/// <param name="Cut">Index of the window of which samples lie on both sides of the right end of the range, negative when there is none.</param>
/// <param name="StartMs">Left end of the range that they stand for, exclusive.</param>
/// <param name="EndMs">Its right end, inclusive.</param>
/// <param name="ResolutionMs">Length of the longest window that an end of the range cuts; 0 when they are all that lies in the range asked for.</param>
internal readonly record struct WindowChoice(int First, int End, int Cut, long StartMs, long EndMs, long ResolutionMs)
{
    /// <summary>Number of windows.</summary>
    public int Count => End - First;

    /// <summary>True when these windows hold the samples of the range asked for, and no others.</summary>
    public bool IsExact => ResolutionMs == 0;

    /// <summary>Where the range begins that a whole window stands for: a series that began in it has no rate before.</summary>
    public static long LeftEnd(in WindowAggregate window, bool knowsFirst) => window.Count < 2 || !knowsFirst
        ? window.StartMs
        : Math.Max(window.StartMs, window.FirstMs - ((window.LastMs - window.FirstMs) / (window.Count - 1)));

    /// <summary>Where it ends.</summary>
    public static long RightEnd(in WindowAggregate window, bool knowsFirst) => knowsFirst ? window.LastMs : window.EndMs;

    /// <summary>These windows and the one in which the range ends, if there is one.</summary>
    /// <param name="windows">All windows.</param>
    /// <param name="knowsFirst">True when the consumer reads the first samples of windows.</param>
    public WindowChoice WithCut(ReadOnlySpan<WindowAggregate> windows, bool knowsFirst) =>
        Cut < 0 || End > Cut ? this : this with { End = Cut + 1, EndMs = RightEnd(windows[Cut], knowsFirst) };

    /// <summary>Length of the range asked for, in lengths of that which the windows stand for.</summary>
    public double Scale(long rangeMs) => IsExact ? 1 : rangeMs / (double)(EndMs - StartMs);
}
