using RemoteStore.Histories.Tests.Model;
using RemoteStore.Model.Samples;

namespace RemoteStore.Histories.Tests.Steps;

/// <summary>Values of all sorts.</summary>
internal static class Values
{
    private static readonly long[] s_special =
    [
        SampleBits.StaleMarker, SampleBits.NormalNaN, unchecked((long)0xfff8000000000123), 0x7ff0000000000001, long.MinValue, 0,
        BitConverter.DoubleToInt64Bits(double.PositiveInfinity), BitConverter.DoubleToInt64Bits(double.NegativeInfinity), 1, long.MaxValue, -1,
    ];

    /// <summary>A float of a series at a time.</summary>
    public static Sample Float(Random random, int series, long timestampMs) => new(Bits(random), SeriesNames.StartOf(series, timestampMs));

    /// <summary>A histogram of a series at a time.</summary>
    public static Sample Histogram(Random random, int series, long timestampMs)
    {
        bool isFloat = random.Next(3) == 0;
        int buckets = random.Next(5);
        long[] counts = [.. Enumerable.Range(0, buckets).Select(_ => (long)random.Next(20))];
        var histogram = new NativeHistogram
        {
            IsFloat = isFloat,
            Schema = random.Next(-4, 9),
            CounterResetHint = (CounterResetHint)random.Next(4),
            SumBits = random.Next(8) == 0 ? SampleBits.StaleMarker : BitConverter.DoubleToInt64Bits(random.Next(1000) / 4.0),
            ZeroThreshold = 0.001,
            IntegerCount = isFloat ? 0 : (ulong)counts.Sum(),
            FloatCount = isFloat ? counts.Sum() : 0,
            PositiveSpans = buckets == 0 ? [] : [new HistogramSpan(random.Next(-3, 4), (uint)buckets)],
            PositiveDeltas = isFloat ? [] : [.. counts.Select((c, i) => i == 0 ? c : c - counts[i - 1])],
            PositiveCounts = isFloat ? [.. counts.Select(static c => (double)c)] : [],
        };
        return new Sample(0, SeriesNames.StartOf(series, timestampMs), Convert.ToHexString(HistogramPayload.Encode(histogram)));
    }

    private static long Bits(Random random) => random.Next(10) switch
    {
        < 5 => BitConverter.DoubleToInt64Bits(random.Next(1000)),
        < 7 => BitConverter.DoubleToInt64Bits(random.Next(100_000) / 100.0),
        7 => BitConverter.DoubleToInt64Bits(random.NextDouble() * 1e9),
        8 => s_special[random.Next(s_special.Length)],
        _ => random.NextInt64(long.MinValue, long.MaxValue),
    };
}
