namespace RemoteStore.Blocks.Merging;

/// <summary>Time cut into ranges of one width, aligned to the Unix epoch and numbered from it. Merged parts and blocks each lie in one of them.</summary>
/// <param name="WidthMs">Width of a range in milliseconds, above 0.</param>
public readonly record struct TimeRanges(long WidthMs)
{
    /// <summary>Two hours: the width for all tenants.</summary>
    public static TimeRanges Default { get; } = new(7_200_000);

    /// <summary>Number of the range that holds the time.</summary>
    /// <param name="timestampMs">Milliseconds since the Unix epoch.</param>
    public long NumberOf(long timestampMs)
    {
        long number = timestampMs / WidthMs;
        return timestampMs % WidthMs < 0 ? number - 1 : number;
    }

    /// <summary>First millisecond of a range, inclusive; the ranges at both ends of time are cut short.</summary>
    public long FirstOf(long number) => Clamp((Int128)number * WidthMs);

    /// <summary>Last millisecond of a range, inclusive.</summary>
    public long LastOf(long number) => Clamp((((Int128)number + 1) * WidthMs) - 1);

    private static long Clamp(Int128 time) => (long)Int128.Clamp(time, long.MinValue, long.MaxValue);
}
