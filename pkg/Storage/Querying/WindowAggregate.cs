using RemoteStore.Model.Samples;

namespace RemoteStore.Storage.Querying;

/// <summary>
/// What is kept of the float samples of a series in one window of time, (<see cref="StartMs"/>, <see cref="EndMs"/>]: open on the left as the ranges of the query
/// language are. Stale markers are no samples; a window with nothing but one has a count of 0, and values without meaning.
/// </summary>
/// <remarks>Who asked for some columns only (<see cref="WindowColumns"/>) gets 0 in the others, but <see cref="LastMs"/> is always there.</remarks>
public readonly record struct WindowAggregate
{
    /// <summary>End of the window, inclusive: a multiple of <see cref="ResolutionMs"/>, milliseconds since the Unix epoch.</summary>
    public long EndMs { get; init; }

    /// <summary>Length of the window, at least 1.</summary>
    public long ResolutionMs { get; init; }

    /// <summary>Time of the first sample.</summary>
    public long FirstMs { get; init; }

    /// <summary>Time of the last sample.</summary>
    public long LastMs { get; init; }

    /// <summary>Number of samples.</summary>
    public long Count { get; init; }

    /// <summary>Sum of the values.</summary>
    public double Sum { get; init; }

    /// <summary>Least value; NaN only when all are.</summary>
    public double Min { get; init; }

    /// <summary>Greatest value; NaN only when all are.</summary>
    public double Max { get; init; }

    /// <summary>Value of the first sample.</summary>
    public double First { get; init; }

    /// <summary>Value of the last sample.</summary>
    public double Last { get; init; }

    /// <summary>Sum of the values before each drop: the increase of a counter is last - first + resets.</summary>
    public double Resets { get; init; }

    /// <summary>Time of the stale marker behind the last sample; 0 when there is none.</summary>
    public long StaleMs { get; init; }

    /// <summary>Start of the window, exclusive.</summary>
    public long StartMs => EndMs - ResolutionMs;

    /// <summary>A sample as the shortest window that holds it.</summary>
    public static WindowAggregate OfSample(long timestampMs, double value) => new()
    {
        EndMs = timestampMs,
        ResolutionMs = 1,
        FirstMs = timestampMs,
        LastMs = timestampMs,
        Count = 1,
        Sum = value,
        Min = value,
        Max = value,
        First = value,
        Last = value,
    };

    /// <summary>
    /// Both windows in one that spans them. Windows that have their first or last sample in common are seen as the same twice, and the one with more samples
    /// stands for both. Where samples of one lie between those of the other, the increase is the greater of both: more cannot be known.
    /// </summary>
    public WindowAggregate Combine(in WindowAggregate other)
    {
        long start = Math.Min(StartMs, other.StartMs);
        long end = Math.Max(EndMs, other.EndMs);
        long stale = Math.Max(StaleMs, other.StaleMs);
        WindowAggregate samples = Count == 0 ? other
            : other.Count == 0 ? this
            : LastMs == other.LastMs || (FirstMs == other.FirstMs && FirstMs > StartMs) ? Fuller(other)
            : FirstMs < other.FirstMs || (FirstMs == other.FirstMs && LastMs < other.LastMs) ? Join(this, other)
            : Join(other, this);
        return samples with { EndMs = end, ResolutionMs = end - start, StaleMs = samples.Count == 0 || stale > samples.LastMs ? stale : 0 };
    }

    /// <summary>An order in which windows ascend by start, then end; 0 only for windows that are the same bit by bit.</summary>
    public static int Compare(in WindowAggregate left, in WindowAggregate right)
    {
        int order = left.StartMs.CompareTo(right.StartMs);
        order = order != 0 ? order : left.EndMs.CompareTo(right.EndMs);
        order = order != 0 ? order : left.FirstMs.CompareTo(right.FirstMs);
        order = order != 0 ? order : left.LastMs.CompareTo(right.LastMs);
        order = order != 0 ? order : left.Count.CompareTo(right.Count);
        order = order != 0 ? order : left.StaleMs.CompareTo(right.StaleMs);
        return order != 0 ? order : CompareValues(left, right);
    }

    private static int CompareValues(in WindowAggregate left, in WindowAggregate right)
    {
        int order = CompareBits(left.Last, right.Last);
        order = order != 0 ? order : CompareBits(left.First, right.First);
        order = order != 0 ? order : CompareBits(left.Sum, right.Sum);
        order = order != 0 ? order : CompareBits(left.Min, right.Min);
        order = order != 0 ? order : CompareBits(left.Max, right.Max);
        return order != 0 ? order : CompareBits(left.Resets, right.Resets);
    }

    private static int CompareBits(double left, double right) =>
        SampleBits.ComparePriority(BitConverter.DoubleToInt64Bits(left), BitConverter.DoubleToInt64Bits(right));

    private static WindowAggregate Join(in WindowAggregate first, in WindowAggregate second)
    {
        double last = first.LastMs < second.LastMs ? second.Last : first.Last;
        double resets = first.LastMs < second.FirstMs
            ? first.Resets + second.Resets + (second.First < first.Last ? first.Last : 0)
            : Math.Max(0, Math.Max(Increase(first), Increase(second)) - (last - first.First));
        return new()
        {
            FirstMs = first.FirstMs,
            LastMs = Math.Max(first.LastMs, second.LastMs),
            Count = first.Count + second.Count,
            Sum = first.Sum + second.Sum,
            Min = second.Min < first.Min || double.IsNaN(first.Min) ? second.Min : first.Min,
            Max = second.Max > first.Max || double.IsNaN(first.Max) ? second.Max : first.Max,
            First = first.First,
            Last = last,
            Resets = resets,
        };
    }

    private static double Increase(in WindowAggregate window) => window.Last - window.First + window.Resets;

    private WindowAggregate Fuller(in WindowAggregate other) =>
        Count != other.Count ? (Count > other.Count ? this : other) : Compare(this, other) >= 0 ? this : other;
}
