using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Model.Histograms;

/// <summary>Fills a float histogram from a payload without an object in between.</summary>
internal static class FloatHistogramReader
{
    /// <summary>False when the bytes are no valid payload; the histogram is then in no particular state.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, FloatHistogram histogram)
    {
        if (!HistogramMessage.TryRead(payload, out HistogramMessage message) || !BucketBounds.IsValidSchema(message.Schema))
        {
            return false;
        }

        bool isFloat = message.IsFloat;
        histogram.Reset(message.Schema);
        histogram.CounterResetHint = (CounterResetHint)message.ResetHint;
        histogram.Count = isFloat ? BitConverter.Int64BitsToDouble(message.CountFloatBits) : message.CountInt;
        histogram.Sum = BitConverter.Int64BitsToDouble(message.SumBits);
        int customBounds = message.CustomValues.Count;
        if (histogram.HasCustomBuckets)
        {
            ReadDoubles(message, HistogramFields.CustomValues, message.CustomValues, histogram.ResizeCustomBounds(customBounds));
            return message.NegativeSpans.Count == 0 && ReadPositive(message, histogram, customBounds);
        }

        histogram.ZeroThreshold = BitConverter.Int64BitsToDouble(message.ZeroThresholdBits);
        histogram.ZeroCount = isFloat ? BitConverter.Int64BitsToDouble(message.ZeroCountFloatBits) : message.ZeroCountInt;
        return customBounds == 0 && ReadPositive(message, histogram, 0) && ReadNegative(message, histogram);
    }

    private static bool ReadPositive(in HistogramMessage message, FloatHistogram histogram, int customBounds)
    {
        Stretch counts = message.IsFloat ? message.PositiveCounts : message.PositiveDeltas;
        BucketSide side = histogram.Positive;
        side.Resize(message.PositiveSpans.Count, counts.Count);
        if (!ReadSpans(message.Read(HistogramFields.PositiveSpans, message.PositiveSpans), side, histogram.HasCustomBuckets, customBounds))
        {
            return false;
        }

        if (message.IsFloat)
        {
            ReadDoubles(message, HistogramFields.PositiveCounts, counts, side.Counts);
        }
        else
        {
            ReadDeltas(message.Read(HistogramFields.PositiveDeltas, counts), side.Counts);
        }

        return true;
    }

    private static bool ReadNegative(in HistogramMessage message, FloatHistogram histogram)
    {
        Stretch counts = message.IsFloat ? message.NegativeCounts : message.NegativeDeltas;
        BucketSide side = histogram.Negative;
        side.Resize(message.NegativeSpans.Count, counts.Count);
        if (!ReadSpans(message.Read(HistogramFields.NegativeSpans, message.NegativeSpans), side, customBuckets: false, 0))
        {
            return false;
        }

        if (message.IsFloat)
        {
            ReadDoubles(message, HistogramFields.NegativeCounts, counts, side.Counts);
        }
        else
        {
            ReadDeltas(message.Read(HistogramFields.NegativeDeltas, counts), side.Counts);
        }

        return true;
    }

    private static bool ReadSpans(HistogramFieldReader reader, BucketSide side, bool customBuckets, int customBounds)
    {
        Span<HistogramSpan> spans = side.Spans;
        long covered = 0;
        long index = 0;
        for (int i = 0; i < spans.Length; i++)
        {
            if (!reader.TryNextSpan(out spans[i]) || (spans[i].Offset < 0 && (i > 0 || customBuckets)))
            {
                return false;
            }

            covered += spans[i].Length;
            index += (long)spans[i].Offset + spans[i].Length;
        }

        return covered == side.Length && index <= (customBuckets ? customBounds + 1L : int.MaxValue);
    }

    private static void ReadDoubles(in HistogramMessage message, int field, Stretch stretch, Span<double> destination)
    {
        HistogramFieldReader reader = message.Read(field, stretch);
        for (int i = 0; i < destination.Length && reader.TryNextDouble(out long bits); i++)
        {
            destination[i] = BitConverter.Int64BitsToDouble(bits);
        }
    }

    // Sums in floating point, as the reference engine does when it makes a float histogram of an integer one.
    private static void ReadDeltas(HistogramFieldReader reader, Span<double> destination)
    {
        double current = 0;
        for (int i = 0; i < destination.Length && reader.TryNextVarint(out ulong raw); i++)
        {
            current += Varint.UnZigZag(raw);
            destination[i] = current;
        }
    }
}
