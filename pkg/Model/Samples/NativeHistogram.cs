namespace RemoteStore.Model.Samples;

/// <summary>What is known of a counter reset before a histogram; numbers as in the remote write messages (persisted, never renumber).</summary>
public enum CounterResetHint : byte
{
    /// <summary>A reset has to be found by comparing.</summary>
    Unknown = 0,

    /// <summary>The first histogram after a reset.</summary>
    CounterReset = 1,

    /// <summary>No reset since the histogram before.</summary>
    NotCounterReset = 2,

    /// <summary>A gauge histogram, which has no resets.</summary>
    Gauge = 3,
}

/// <summary>A run of adjacent buckets.</summary>
/// <param name="Offset">Index of the first bucket for the first span, else the gap to the span before.</param>
/// <param name="Length">Number of buckets.</param>
public readonly record struct HistogramSpan(int Offset, uint Length);

/// <summary>
/// A native histogram, integer or float, with exponential (<see cref="Schema"/> -4 to 8) or custom buckets (-53). Arrays are not shared with the payload
/// it was read from; whoever changes them owns them.
/// </summary>
public sealed class NativeHistogram
{
    /// <summary>Lowest exponential schema.</summary>
    public const int MinExponentialSchema = -4;

    /// <summary>Highest exponential schema.</summary>
    public const int MaxExponentialSchema = 8;

    /// <summary>Schema of histograms whose bucket bounds are listed in <see cref="CustomValues"/>.</summary>
    public const int CustomBucketsSchema = -53;

    /// <summary>True when counts are floats: <see cref="PositiveCounts"/> and <see cref="NegativeCounts"/> hold, else the deltas do.</summary>
    public bool IsFloat { get; init; }

    /// <summary>What is known of a reset.</summary>
    public CounterResetHint CounterResetHint { get; init; }

    /// <summary>Bucket layout.</summary>
    public int Schema { get; init; }

    /// <summary>Breadth of the zero bucket.</summary>
    public double ZeroThreshold { get; init; }

    /// <summary>Observations of an integer histogram; unused for a float one.</summary>
    public ulong IntegerCount { get; init; }

    /// <summary>Observations in the zero bucket of an integer histogram; unused for a float one.</summary>
    public ulong IntegerZeroCount { get; init; }

    /// <summary>Observations of a float histogram; unused for an integer one.</summary>
    public double FloatCount { get; init; }

    /// <summary>Observations in the zero bucket of a float histogram; unused for an integer one.</summary>
    public double FloatZeroCount { get; init; }

    /// <summary>Bits of the sum of observations; those of <see cref="SampleBits.StaleMarker"/> end the series.</summary>
    public long SumBits { get; init; }

    /// <summary>Spans of positive buckets.</summary>
    public HistogramSpan[] PositiveSpans { get; init; } = [];

    /// <summary>Spans of negative buckets.</summary>
    public HistogramSpan[] NegativeSpans { get; init; } = [];

    /// <summary>Integer histogram: count of each positive bucket less that of the bucket before.</summary>
    public long[] PositiveDeltas { get; init; } = [];

    /// <summary>Integer histogram: count of each negative bucket less that of the bucket before.</summary>
    public long[] NegativeDeltas { get; init; } = [];

    /// <summary>Float histogram: count of each positive bucket.</summary>
    public double[] PositiveCounts { get; init; } = [];

    /// <summary>Float histogram: count of each negative bucket.</summary>
    public double[] NegativeCounts { get; init; } = [];

    /// <summary>Upper bounds of custom buckets, strictly ascending, without the last one at +Inf.</summary>
    public double[] CustomValues { get; init; } = [];

    /// <summary>Observations as a float, whatever the kind.</summary>
    public double Count => IsFloat ? FloatCount : IntegerCount;

    /// <summary>Observations in the zero bucket as a float, whatever the kind.</summary>
    public double ZeroCount => IsFloat ? FloatZeroCount : IntegerZeroCount;

    /// <summary>Sum of observations.</summary>
    public double Sum => BitConverter.Int64BitsToDouble(SumBits);

    /// <summary>True when it ends its series.</summary>
    public bool IsStale => SumBits == SampleBits.StaleMarker;

    /// <summary>True when bounds are listed.</summary>
    public bool HasCustomBuckets => Schema == CustomBucketsSchema;

    /// <summary>Absolute counts of the positive buckets as floats, whatever the kind; a new array for an integer histogram.</summary>
    public double[] AbsolutePositiveCounts() => IsFloat ? PositiveCounts : Accumulate(PositiveDeltas);

    /// <summary>Absolute counts of the negative buckets as floats, whatever the kind; a new array for an integer histogram.</summary>
    public double[] AbsoluteNegativeCounts() => IsFloat ? NegativeCounts : Accumulate(NegativeDeltas);

    // Sums in floating point, as the reference engine does when it makes a float histogram of an integer one.
    private static double[] Accumulate(long[] deltas)
    {
        double[] counts = new double[deltas.Length];
        double current = 0;
        for (int i = 0; i < deltas.Length; i++)
        {
            current += deltas[i];
            counts[i] = current;
        }

        return counts;
    }
}
