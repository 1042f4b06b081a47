using RemoteStore.Model.Samples;

namespace RemoteStore.Chunks.Tests.Support;

/// <summary>Payloads of one series of native histograms.</summary>
internal static class HistogramSeries
{
    /// <summary>Kinds: 0 integer, 1 float, 2 custom buckets, 3 gauge, 4 integer with restarts and stale markers, 5 a mix of all.</summary>
    public static byte[][] Make(int kind, int count, Random random)
    {
        int positive = random.Next(1, 30);
        int negative = kind == 2 ? 0 : random.Next(3);
        long[] buckets = new long[positive + negative];
        double sum = 0;
        long zeros = 0;
        byte[][] payloads = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            int form = kind == 5 ? random.Next(5) : kind;
            if (form == 4 && random.Next(20) == 0)
            {
                payloads[i] = HistogramPayload.Encode(new NativeHistogram { SumBits = SampleBits.StaleMarker });
                continue;
            }

            if (form == 4 && random.Next(30) == 0)
            {
                Array.Clear(buckets);
                positive = random.Next(1, buckets.Length - negative + 1);
            }

            for (int b = 0; b < buckets.Length; b++)
            {
                buckets[b] += form == 3 ? random.Next(-2, 3) : random.Next(b % 3 + 1);
            }

            zeros += form == 2 ? 0 : random.Next(2);
            sum += random.NextDouble();
            payloads[i] = HistogramPayload.Encode(Histogram(form, buckets.AsSpan(0, positive), buckets.AsSpan(buckets.Length - negative), zeros, sum));
        }

        return payloads;
    }

    private static NativeHistogram Histogram(int form, ReadOnlySpan<long> positive, ReadOnlySpan<long> negative, long zeros, double sum)
    {
        bool isFloat = form is 1 or 3;
        bool custom = form == 2;
        long total = zeros;
        foreach (long bucket in positive)
        {
            total += bucket;
        }

        foreach (long bucket in negative)
        {
            total += bucket;
        }

        return new NativeHistogram
        {
            IsFloat = isFloat,
            Schema = custom ? NativeHistogram.CustomBucketsSchema : 3,
            ZeroThreshold = custom ? 0 : 2.938735877055719e-39,
            IntegerCount = isFloat ? 0 : (ulong)total,
            FloatCount = isFloat ? total : 0,
            IntegerZeroCount = isFloat || custom ? 0 : (ulong)zeros,
            FloatZeroCount = isFloat ? zeros : 0,
            SumBits = BitConverter.DoubleToInt64Bits(sum),
            CounterResetHint = form == 3 ? CounterResetHint.Gauge : (CounterResetHint)(total % 3),
            PositiveSpans = [new HistogramSpan(-3, (uint)positive.Length)],
            NegativeSpans = negative.IsEmpty ? [] : [new HistogramSpan(1, (uint)negative.Length)],
            PositiveDeltas = isFloat ? [] : Deltas(positive),
            NegativeDeltas = isFloat ? [] : Deltas(negative),
            PositiveCounts = isFloat ? Floats(positive) : [],
            NegativeCounts = isFloat ? Floats(negative) : [],
            CustomValues = custom ? [.. Enumerable.Range(1, positive.Length - 1).Select(static i => i * 0.5)] : [],
        };
    }

    private static long[] Deltas(ReadOnlySpan<long> counts)
    {
        long[] deltas = counts.ToArray();
        for (int i = counts.Length - 1; i > 0; i--)
        {
            deltas[i] -= deltas[i - 1];
        }

        return deltas;
    }

    private static double[] Floats(ReadOnlySpan<long> counts)
    {
        double[] floats = new double[counts.Length];
        for (int i = 0; i < floats.Length; i++)
        {
            floats[i] = counts[i];
        }

        return floats;
    }
}
