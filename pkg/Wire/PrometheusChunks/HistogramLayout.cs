using RemoteStore.Model.Samples;

namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>What all histograms of a chunk have in common; stands at its start.</summary>
/// <param name="Schema">Bucket layout.</param>
/// <param name="ZeroThreshold">Breadth of the zero bucket.</param>
/// <param name="PositiveSpans">Spans of positive buckets.</param>
/// <param name="NegativeSpans">Spans of negative buckets.</param>
/// <param name="CustomValues">Bounds of custom buckets.</param>
internal sealed record HistogramLayout(
    int Schema, double ZeroThreshold, HistogramSpan[] PositiveSpans, HistogramSpan[] NegativeSpans, double[] CustomValues)
{
    private const int SmallestThresholdExponent = -242;
    private const int LargestThresholdExponent = 11;
    private const int ThresholdBias = 243;
    private const byte OtherThreshold = 255;
    private const double LargestShortBound = 33554430;

    /// <summary>Positive buckets of each sample.</summary>
    public int PositiveBuckets { get; } = CountBuckets(PositiveSpans);

    /// <summary>Negative buckets of each sample.</summary>
    public int NegativeBuckets { get; } = CountBuckets(NegativeSpans);

    /// <summary>The layout of a histogram; a stale marker has an empty one.</summary>
    public static HistogramLayout Of(NativeHistogram histogram) => histogram.IsStale
        ? new(0, 0, [], [], [])
        : new(
            histogram.Schema, histogram.ZeroThreshold, histogram.PositiveSpans, histogram.NegativeSpans,
            histogram.HasCustomBuckets ? histogram.CustomValues : []);

    /// <summary>True when a histogram has this layout, to the bit.</summary>
    public bool Fits(NativeHistogram histogram) =>
        histogram.Schema == Schema
        && BitConverter.DoubleToInt64Bits(histogram.ZeroThreshold) == BitConverter.DoubleToInt64Bits(ZeroThreshold)
        && histogram.PositiveSpans.AsSpan().SequenceEqual(PositiveSpans)
        && histogram.NegativeSpans.AsSpan().SequenceEqual(NegativeSpans)
        && histogram.CustomValues.AsSpan().SequenceEqual(CustomValues);

    /// <summary>Writes the layout.</summary>
    public void Write(BitWriter bits)
    {
        WriteThreshold(bits, ZeroThreshold);
        bits.Signed(Schema);
        WriteSpans(bits, PositiveSpans);
        WriteSpans(bits, NegativeSpans);
        if (Schema == NativeHistogram.CustomBucketsSchema)
        {
            bits.Unsigned((ulong)CustomValues.Length);
            foreach (double bound in CustomValues)
            {
                WriteBound(bits, bound);
            }
        }
    }

    /// <summary>Reads a layout.</summary>
    /// <exception cref="InvalidDataException">The bits end first, or hold no layout that is known here.</exception>
    public static HistogramLayout Read(ref BitReader bits)
    {
        double threshold = ReadThreshold(ref bits);
        long schema = bits.Signed();
        bool custom = schema == NativeHistogram.CustomBucketsSchema;
        if (!custom && schema is < NativeHistogram.MinExponentialSchema or > NativeHistogram.MaxExponentialSchema)
        {
            throw new InvalidDataException($"histograms of schema {schema} are not known");
        }

        HistogramSpan[] positive = ReadSpans(ref bits);
        HistogramSpan[] negative = ReadSpans(ref bits);
        double[] bounds = [];
        if (custom)
        {
            bounds = new double[Bounded(bits.Unsigned(), bits.BitsLeft)];
            for (int i = 0; i < bounds.Length; i++)
            {
                bounds[i] = bits.Unsigned() is ulong thousandths and > 0 ? (thousandths - 1) / 1000.0 : BitConverter.Int64BitsToDouble(bits.Float());
            }
        }

        return new((int)schema, threshold, positive, negative, bounds);
    }

    /// <summary>A number of things that take at least a bit each.</summary>
    public static int Bounded(ulong count, long bitsLeft) =>
        count <= (ulong)bitsLeft ? (int)count : throw new InvalidDataException($"a chunk with {bitsLeft} bits left does not hold {count} numbers");

    private static int CountBuckets(HistogramSpan[] spans)
    {
        ulong count = 0;
        foreach (HistogramSpan span in spans)
        {
            count += span.Length;
        }

        return count <= int.MaxValue ? (int)count : throw new InvalidDataException($"spans of {count} buckets are not possible");
    }

    /// <summary>A power of two, as thresholds are by default, takes one byte.</summary>
    private static void WriteThreshold(BitWriter bits, double threshold)
    {
        if (BitConverter.DoubleToInt64Bits(threshold) == 0)
        {
            bits.Byte(0);
            return;
        }

        int exponent = Math.ILogB(threshold) + 1;
        if (exponent is >= SmallestThresholdExponent and <= LargestThresholdExponent && Math.ScaleB(0.5, exponent) == threshold)
        {
            bits.Byte((byte)(exponent + ThresholdBias));
        }
        else
        {
            bits.Byte(OtherThreshold);
            bits.Float(threshold);
        }
    }

    private static double ReadThreshold(ref BitReader bits) => (byte)bits.Bits(8) switch
    {
        0 => 0,
        OtherThreshold => BitConverter.Int64BitsToDouble(bits.Float()),
        byte biased => Math.ScaleB(0.5, biased - ThresholdBias),
    };

    private static void WriteSpans(BitWriter bits, HistogramSpan[] spans)
    {
        bits.Unsigned((ulong)spans.Length);
        foreach (HistogramSpan span in spans)
        {
            bits.Unsigned(span.Length);
            bits.Signed(span.Offset);
        }
    }

    private static HistogramSpan[] ReadSpans(ref BitReader bits)
    {
        var spans = new HistogramSpan[Bounded(bits.Unsigned(), bits.BitsLeft)];
        for (int i = 0; i < spans.Length; i++)
        {
            ulong length = bits.Unsigned();
            long offset = bits.Signed();
            spans[i] = length <= uint.MaxValue && offset is >= int.MinValue and <= int.MaxValue
                ? new((int)offset, (uint)length)
                : throw new InvalidDataException($"a span of {length} buckets at offset {offset} is not possible");
        }

        return spans;
    }

    /// <summary>Bounds of up to three decimals are whole thousandths.</summary>
    private static void WriteBound(BitWriter bits, double bound)
    {
        double thousandths = Math.Round(bound * 1000, MidpointRounding.AwayFromZero);
        if (!double.IsNegative(bound) && bound * 1000 <= LargestShortBound && thousandths / 1000 == bound)
        {
            bits.Unsigned((ulong)thousandths + 1);
        }
        else
        {
            bits.Bit(false);
            bits.Float(bound);
        }
    }
}
