using CsCheck;
using RemoteStore.Model.Samples;

namespace RemoteStore.Testing;

/// <summary>Native histograms that a sender may send: valid, of every kind, with every hint.</summary>
public static class HistogramGen
{
    /// <summary>Any histogram, now and then a bare stale marker.</summary>
    public static Gen<NativeHistogram> Any { get; } = Gen.Frequency((9, Gen.Select(Layout, Gen.Bool, Hint, Gen.Int[1, 1000]).Select(Make)), (1, Gen.Bool.Select(Stale)));

    /// <summary>Histograms of which many have the layout and the hint that lets them share a chunk with the one before.</summary>
    public static Gen<NativeHistogram[]> Run { get; } = Gen.Select(Layout, Gen.Bool, Hint, Gen.Frequency((8, Gen.Int[1, 1000]), (1, Gen.Const(0))).Array[1, 20])
        .Select(static (layout, isFloat, hint, seeds) => seeds.Select((seed, i) => seed == 0
            ? Stale(isFloat)
            : Make(layout, isFloat, i > 0 && hint != CounterResetHint.Gauge ? CounterResetHint.NotCounterReset : hint, seed)).ToArray());

    private static Gen<CounterResetHint> Hint => Gen.Int[0, 3].Select(static hint => (CounterResetHint)hint);

    private static Gen<HistogramSpan[]> Spans => Gen.Select(Gen.Int[-20, 20], Gen.Int[0, 5], Gen.UInt[1, 4])
        .Select(static (first, gap, length) => new[] { new HistogramSpan(first, length), new HistogramSpan(gap, length) });

    private static Gen<(int Schema, double Threshold, HistogramSpan[] Positive, HistogramSpan[] Negative, double[] Bounds)> Layout => Gen.OneOf(
        Gen.Select(Gen.Int[-4, 8], Gen.OneOf(Gen.Const(0.0), Gen.Const(2.938735877055719e-39), Gen.Const(0.001), Gen.Const(1.0)), Spans, Gen.OneOf(Spans, Gen.Const(Array.Empty<HistogramSpan>())))
            .Select(static (schema, threshold, positive, negative) => (schema, threshold, positive, negative, Array.Empty<double>())),
        Gen.Int[1, 6].Select(static bounds => (
            NativeHistogram.CustomBucketsSchema, 0.0, new[] { new HistogramSpan(0, (uint)bounds + 1) }, Array.Empty<HistogramSpan>(),
            Enumerable.Range(1, bounds).Select(static i => i % 2 == 0 ? i + 0.25 : i + (1 / 3.0)).ToArray())));

    private static NativeHistogram Stale(bool isFloat) => new() { IsFloat = isFloat, SumBits = SampleBits.StaleMarker };

    private static NativeHistogram Make(
        (int Schema, double Threshold, HistogramSpan[] Positive, HistogramSpan[] Negative, double[] Bounds) layout, bool isFloat, CounterResetHint hint, int seed)
    {
        long[] positive = Counts(layout.Positive, seed);
        long[] negative = Counts(layout.Negative, seed + 7);
        long zero = layout.Schema == NativeHistogram.CustomBucketsSchema ? 0 : seed % 5;
        long count = positive.Sum() + negative.Sum() + zero;
        return new NativeHistogram
        {
            IsFloat = isFloat,
            CounterResetHint = hint,
            Schema = layout.Schema,
            ZeroThreshold = layout.Threshold,
            IntegerCount = isFloat ? 0 : (ulong)count,
            IntegerZeroCount = isFloat ? 0 : (ulong)zero,
            FloatCount = isFloat ? count + 0.5 : 0,
            FloatZeroCount = isFloat ? zero * 1.5 : 0,
            SumBits = BitConverter.DoubleToInt64Bits(seed * 1.25),
            PositiveSpans = layout.Positive,
            NegativeSpans = layout.Negative,
            PositiveDeltas = isFloat ? [] : Deltas(positive),
            NegativeDeltas = isFloat ? [] : Deltas(negative),
            PositiveCounts = isFloat ? [.. positive.Select(static n => n * 0.75)] : [],
            NegativeCounts = isFloat ? [.. negative.Select(static n => n * 0.75)] : [],
            CustomValues = layout.Bounds,
        };
    }

    private static long[] Counts(HistogramSpan[] spans, int seed) =>
        [.. Enumerable.Range(0, (int)spans.Sum(static span => span.Length)).Select(i => (seed * (i + 3L) % 41) + (seed * (long)seed % (i + 90_000)))];

    private static long[] Deltas(long[] counts) => [.. counts.Select((count, i) => count - (i == 0 ? 0 : counts[i - 1]))];
}
