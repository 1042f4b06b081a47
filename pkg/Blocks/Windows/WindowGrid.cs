namespace RemoteStore.Blocks.Windows;

/// <summary>Where windows end: at multiples of their length since the Unix epoch. A window holds its end and not its start.</summary>
internal static class WindowGrid
{
    /// <summary>End of the window that a time lies in; the greatest time where there is no such multiple any more.</summary>
    public static long EndOf(long timestampMs, long resolutionMs)
    {
        (long quotient, long rest) = Math.DivRem(timestampMs, resolutionMs);
        if (rest <= 0)
        {
            return timestampMs - rest;
        }

        long end = unchecked((quotient + 1) * resolutionMs);
        return end > timestampMs ? end : long.MaxValue;
    }

    /// <summary>As <see cref="EndOf"/>, when the time lies behind the end of a window, most often in the next one.</summary>
    public static long NextEnd(long end, long timestampMs, long resolutionMs) =>
        unchecked((ulong)(timestampMs - end) <= (ulong)resolutionMs && end + resolutionMs > end) ? end + resolutionMs : EndOf(timestampMs, resolutionMs);

    /// <summary>First millisecond of the window that a time lies in; the least time where there is none.</summary>
    public static long FirstMsOf(long timestampMs, long resolutionMs)
    {
        long end = EndOf(timestampMs, resolutionMs);
        long first = unchecked(end - resolutionMs + 1);
        return first <= timestampMs ? first : long.MinValue;
    }
}
