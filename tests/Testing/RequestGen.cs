using CsCheck;
using RemoteStore.Model.Samples;

namespace RemoteStore.Testing;

/// <summary>Generators of remote write content, valid as far as it goes unless the name says otherwise.</summary>
public static class RequestGen
{
    private static readonly Gen<string> s_text = Gen.String[Gen.Char['a', 'z'], 1, 12];

    /// <summary>Timestamps as senders have them, and the strange ones.</summary>
    public static Gen<long> TimestampMs { get; } =
        Gen.Frequency((6, Gen.Long[1_700_000_000_000, 1_800_000_000_000]), (1, Gen.Long), (1, Gen.Const(0L)), (1, Gen.Long[-1000, 100_000]));

    /// <summary>Value bits, NaNs and infinities and both zeroes among them.</summary>
    public static Gen<long> ValueBits { get; } = Gen.Frequency(
        (4, Gen.Double.Select(BitConverter.DoubleToInt64Bits)),
        (2, Gen.Int[0, 1000].Select(i => BitConverter.DoubleToInt64Bits(i))),
        (1, Gen.Long),
        (1, OneOf(0L, long.MinValue, SampleBits.StaleMarker, SampleBits.NormalNaN, BitConverter.DoubleToInt64Bits(double.PositiveInfinity))));

    /// <summary>Valid native histograms of all four kinds, the stale one among them.</summary>
    public static Gen<NativeHistogram> Histogram { get; } =
        from isFloat in Gen.Bool
        from schema in Gen.Frequency((3, Gen.Int[-4, 8]), (1, Gen.Const(NativeHistogram.CustomBucketsSchema)))
        from hint in Gen.Int[0, 3]
        from sum in ValueBits
        from zero in Gen.Int[0, 5]
        from threshold in OneOf(0.0, 0.001, 1e-128)
        from positive in Buckets
        from negative in Buckets
        from bounds in Gen.Int[0, 3]
        select Build(isFloat, schema, (CounterResetHint)hint, sum, zero, threshold, positive, negative, bounds);

    /// <summary>A series with some of everything.</summary>
    public static Gen<RequestSeries> Series { get; } =
        from labels in Gen.Select(s_text, s_text).Array[1, 12]
        from samples in Gen.Select(TimestampMs, ValueBits, Gen.Frequency((3, Gen.Const(0L)), (1, TimestampMs))).Array[0, 4]
        from histograms in Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 2])).SelectMany(n => Gen.Select(TimestampMs, Histogram, Gen.Const(0L)).Array[n])
        from exemplars in Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 2])).SelectMany(n => Gen.Select(TimestampMs, Gen.Double, s_text.Array[2]).Array[n])
        from metadata in Gen.Frequency((3, Gen.Const(default((MetricType, string, string)?))), (1, Gen.Select(Gen.Int[1, 7], s_text, s_text, (t, h, u) => ((MetricType, string, string)?)((MetricType)t, h, u))))
        select Build(labels, samples, histograms, exemplars, metadata);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<(int Gap, int[] Counts)[]> Buckets => Gen.Select(Gen.Int[0, 20], Gen.Int[0, 300].Array[0, 6]).Array[0, 3];

    private static RequestSeries Build(
        (string, string)[] labels,
        (long, long, long)[] samples,
        (long, NativeHistogram, long)[] histograms,
        (long, double, string[])[] exemplars,
        (MetricType, string, string)? metadata)
    {
        var series = new RequestSeries { Metadata = metadata };
        series.Labels.Add(new("__name__", "metric_" + labels[0].Item1));
        series.Labels.AddRange(labels.Select(l => KeyValuePair.Create(l.Item1, l.Item2)));
        series.Samples.AddRange(samples);
        series.Histograms.AddRange(histograms);
        series.Exemplars.AddRange(exemplars);
        return series;
    }

    private static NativeHistogram Build(
        bool isFloat, int schema, CounterResetHint hint, long sumBits, int zero, double threshold, (int Gap, int[] Counts)[] positive, (int Gap, int[] Counts)[] negative, int bounds)
    {
        bool custom = schema == NativeHistogram.CustomBucketsSchema;
        negative = custom ? [] : negative;
        zero = custom ? 0 : zero;
        long[] p = [.. positive.SelectMany(s => s.Counts).Select(c => (long)c)];
        long[] n = [.. negative.SelectMany(s => s.Counts).Select(c => (long)c)];
        int reach = positive.Sum(s => s.Gap + s.Counts.Length);
        return new NativeHistogram
        {
            IsFloat = isFloat,
            Schema = schema,
            CounterResetHint = hint,
            SumBits = sumBits,
            ZeroThreshold = custom ? 0 : threshold,
            IntegerCount = isFloat ? 0 : (ulong)(zero + p.Sum() + n.Sum()),
            IntegerZeroCount = isFloat ? 0 : (ulong)zero,
            FloatCount = isFloat ? zero + p.Sum() + n.Sum() + 0.5 : 0,
            FloatZeroCount = isFloat ? zero : 0,
            PositiveSpans = [.. positive.Select(s => new HistogramSpan(s.Gap, (uint)s.Counts.Length))],
            NegativeSpans = [.. negative.Select(s => new HistogramSpan(s.Gap, (uint)s.Counts.Length))],
            PositiveDeltas = isFloat ? [] : Deltas(p),
            NegativeDeltas = isFloat ? [] : Deltas(n),
            PositiveCounts = isFloat ? [.. p.Select(c => (double)c)] : [],
            NegativeCounts = isFloat ? [.. n.Select(c => (double)c)] : [],
            CustomValues = custom ? [.. Enumerable.Range(0, reach + bounds).Select(i => i * 0.25)] : [],
        };
    }

    private static long[] Deltas(long[] counts) => [.. counts.Select((c, i) => i == 0 ? c : c - counts[i - 1])];
}
