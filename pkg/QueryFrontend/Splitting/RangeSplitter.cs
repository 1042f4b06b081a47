using RemoteStore.QueryFrontend.Analysis;

namespace RemoteStore.QueryFrontend.Splitting;

/// <summary>Cuts ranges of steps at multiples of an interval, the same ones for every query.</summary>
internal static class RangeSplitter
{
    // Below that, what each piece does once (finding series, reading what lies before its first step) outweighs what it computes.
    private const int MinSteps = 8;

    // A query of many years makes no more pieces than that; they grow instead.
    private const long MaxPieces = 1_024;

    /// <summary>
    /// The interval to cut a query at, in milliseconds: the configured one, or a multiple of it where pieces would be too small for their steps or for what each
    /// step looks back at. 0 when it is better not cut.
    /// </summary>
    /// <param name="intervalMs">The configured interval; 0 = never cut.</param>
    /// <param name="range">The query's steps.</param>
    /// <param name="stepMs">Its step.</param>
    /// <param name="shape">What it looks at. What <c>@</c> pins would be read for each piece again.</param>
    public static long Interval(long intervalMs, StepRange range, long stepMs, QueryShape shape)
    {
        if (intervalMs <= 0 || shape.Reach.HasTimes)
        {
            return 0;
        }

        long lengthMs = range.EndMs - range.StartMs;
        long least = Math.Max(Math.Max(stepMs > long.MaxValue / MinSteps ? long.MaxValue : MinSteps * stepMs, shape.Reach.LengthMs), lengthMs / MaxPieces);
        long multiple = ((least - 1) / intervalMs) + 1;
        return multiple > lengthMs / intervalMs + 1 ? 0 : Math.Max(1, multiple) * intervalMs;
    }

    /// <summary>Cuts a range so that no piece has steps in two intervals.</summary>
    /// <param name="range">Its steps.</param>
    /// <param name="stepMs">The step.</param>
    /// <param name="intervalMs">Interval from <see cref="Interval"/>; 0 = one piece.</param>
    /// <param name="originMs">Where an interval begins.</param>
    public static IEnumerable<StepRange> Cut(StepRange range, long stepMs, long intervalMs, long originMs = 0)
    {
        while (intervalMs > 0 && !range.IsEmpty)
        {
            long last = LastBefore(NextMultiple(range.StartMs, intervalMs, originMs), range.StartMs, stepMs);
            if (last >= range.EndMs)
            {
                break;
            }

            yield return range with { EndMs = last };
            range = range with { StartMs = last + stepMs };
        }

        if (!range.IsEmpty)
        {
            yield return range;
        }
    }

    /// <summary>The last step before a time, counted from a step that lies before it.</summary>
    public static long LastBefore(long timeMs, long stepOfGridMs, long stepMs) =>
        timeMs == long.MaxValue ? timeMs : timeMs - 1 - Modulo(timeMs - 1 - stepOfGridMs, stepMs);

    /// <summary>The remainder that is never negative.</summary>
    public static long Modulo(long value, long divisor)
    {
        long rest = value % divisor;
        return rest < 0 ? rest + divisor : rest;
    }

    /// <summary>Where the interval that holds the time ends; the end of time when that lies beyond.</summary>
    private static long NextMultiple(long timeMs, long intervalMs, long originMs)
    {
        long into = Modulo(Modulo(timeMs, intervalMs) - Modulo(originMs, intervalMs), intervalMs);
        return timeMs > long.MaxValue - intervalMs ? long.MaxValue : timeMs - into + intervalMs;
    }
}
