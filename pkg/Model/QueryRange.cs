namespace RemoteStore.Model;

/// <summary>A range of query time, both ends inclusive, in milliseconds since the Unix epoch. Blocks use half-open ranges, a type of their own.</summary>
public readonly record struct QueryRange(long MinTime, long MaxTime)
{
    /// <summary>All of time.</summary>
    public static QueryRange All { get; } = new(long.MinValue, long.MaxValue);

    /// <summary>True when no time lies in it.</summary>
    public bool IsEmpty => MinTime > MaxTime;

    /// <summary>True when the time lies in it.</summary>
    public bool Contains(long timestampMs) => timestampMs >= MinTime && timestampMs <= MaxTime;

    /// <summary>True when the closed range [<paramref name="minTime"/>, <paramref name="maxTime"/>] shares a time with it.</summary>
    public bool Overlaps(long minTime, long maxTime) => minTime <= MaxTime && maxTime >= MinTime;
}
