using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// Points in time that stand for the samples of windows: the first, the last, and in the middle between them one for all others, at their average. Of windows of one
/// or two samples these are the samples.
/// </summary>
internal static class WindowPoints
{
    /// <summary>Most points of a window.</summary>
    public const int PerWindow = 3;

    /// <summary>Writes the points of windows; times ascend strictly.</summary>
    /// <returns>Number of points, and whether they are not the samples themselves.</returns>
    public static (int Count, bool AreEstimated) Write(
        ReadOnlySpan<WindowAggregate> windows, Span<long> times, Span<double> values, Span<long> weights)
    {
        int count = 0;
        bool estimated = false;
        foreach (ref readonly WindowAggregate window in windows)
        {
            if (window.Count > 1)
            {
                (times[count], values[count], weights[count]) = (window.FirstMs, window.First, 1);
                count++;
            }

            if (window.Count > 2)
            {
                estimated = true;
                double average = (window.Sum - window.First - window.Last) / (window.Count - 2);
                (times[count], values[count], weights[count]) = (window.FirstMs + ((window.LastMs - window.FirstMs) / 2), average, window.Count - 2);
                count++;
            }

            (times[count], values[count], weights[count]) = (window.LastMs, window.Last, 1);
            count++;
        }

        return (count, estimated);
    }
}
