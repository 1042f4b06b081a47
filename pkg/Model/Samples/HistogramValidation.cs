namespace RemoteStore.Model.Samples;

/// <summary>The rules a native histogram must keep; those of Prometheus, and that bucket indices and counts stay within their integers.</summary>
internal static class HistogramValidation
{
    public static HistogramFault Validate(in HistogramMessage histogram)
    {
        bool custom = histogram.Schema == NativeHistogram.CustomBucketsSchema;
        if (!custom && histogram.Schema is < NativeHistogram.MinExponentialSchema or > NativeHistogram.MaxExponentialSchema)
        {
            return HistogramFault.InvalidSchema;
        }

        if (!custom && histogram.CustomValues.Count > 0)
        {
            return HistogramFault.ExponentialSchemaWithCustomBounds;
        }

        HistogramFault fault = custom ? ValidateCustom(histogram) : HistogramFault.None;
        fault = fault != HistogramFault.None ? fault : ValidateSpans(histogram, HistogramFields.PositiveSpans, histogram.PositiveSpans, Buckets(histogram, true), custom);
        fault = fault != HistogramFault.None ? fault : ValidateSpans(histogram, HistogramFields.NegativeSpans, histogram.NegativeSpans, Buckets(histogram, false), custom);
        return fault != HistogramFault.None ? fault : histogram.IsFloat ? ValidateFloatCounts(histogram) : ValidateIntegerCounts(histogram);
    }

    private static int Buckets(in HistogramMessage histogram, bool positive) => (positive, histogram.IsFloat) switch
    {
        (true, true) => histogram.PositiveCounts.Count,
        (true, false) => histogram.PositiveDeltas.Count,
        (false, true) => histogram.NegativeCounts.Count,
        (false, false) => histogram.NegativeDeltas.Count,
    };

    private static HistogramFault ValidateSpans(in HistogramMessage histogram, int field, Stretch stretch, int buckets, bool custom)
    {
        long total = 0;
        long index = 0;
        bool first = true;
        HistogramFieldReader spans = histogram.Read(field, stretch);
        while (spans.TryNextSpan(out HistogramSpan span))
        {
            if (span.Offset < 0 && (custom || !first))
            {
                return HistogramFault.NegativeSpanOffset;
            }

            first = false;
            total += span.Length;
            index += (long)span.Offset + span.Length;
            if (index > int.MaxValue)
            {
                return HistogramFault.BucketIndexOverflow;
            }
        }

        if (total != buckets)
        {
            return HistogramFault.SpansBucketsMismatch;
        }

        // One more bucket than bounds: the last one ends at +Inf.
        return custom && index > histogram.CustomValues.Count + 1L ? HistogramFault.CustomBoundsTooFew : HistogramFault.None;
    }

    private static HistogramFault ValidateCustom(in HistogramMessage histogram)
    {
        double previous = double.NegativeInfinity;
        bool first = true;
        HistogramFieldReader bounds = histogram.Read(HistogramFields.CustomValues, histogram.CustomValues);
        while (bounds.TryNextDouble(out long bits))
        {
            double bound = BitConverter.Int64BitsToDouble(bits);
            if (double.IsNaN(bound))
            {
                return HistogramFault.CustomBoundsNaN;
            }

            if (!first && bound <= previous)
            {
                return HistogramFault.CustomBoundsNotAscending;
            }

            first = false;
            previous = bound;
        }

        if (double.IsPositiveInfinity(previous))
        {
            return HistogramFault.CustomBoundsInfinite;
        }

        bool zeroCount = histogram.IsFloat ? BitConverter.Int64BitsToDouble(histogram.ZeroCountFloatBits) != 0 : histogram.ZeroCountInt != 0;
        if (zeroCount || BitConverter.Int64BitsToDouble(histogram.ZeroThresholdBits) != 0)
        {
            return HistogramFault.CustomBucketsWithZeroBucket;
        }

        return histogram.NegativeSpans.Count > 0 || Buckets(histogram, false) > 0 ? HistogramFault.CustomBucketsWithNegativeBuckets : HistogramFault.None;
    }

    private static HistogramFault ValidateIntegerCounts(in HistogramMessage histogram)
    {
        // 128 bits: a sum of counts that wraps around must not match by accident.
        UInt128 total = histogram.ZeroCountInt;
        if (!TrySumDeltas(histogram.Read(HistogramFields.NegativeDeltas, histogram.NegativeDeltas), ref total)
            || !TrySumDeltas(histogram.Read(HistogramFields.PositiveDeltas, histogram.PositiveDeltas), ref total))
        {
            return HistogramFault.NegativeBucketCount;
        }

        // Observations of NaN are in the count and in no bucket; they make the sum NaN.
        return SampleBits.IsNaN(histogram.SumBits)
            ? total > histogram.CountInt ? HistogramFault.CountTooSmall : HistogramFault.None
            : total != histogram.CountInt ? HistogramFault.CountMismatch : HistogramFault.None;
    }

    private static bool TrySumDeltas(HistogramFieldReader deltas, ref UInt128 total)
    {
        long count = 0;
        while (deltas.TryNextVarint(out ulong raw))
        {
            // A sum beyond 63 bits becomes negative, and so is refused too.
            count = unchecked(count + Primitives.Encoding.Varint.UnZigZag(raw));
            if (count < 0)
            {
                return false;
            }

            total += (ulong)count;
        }

        return true;
    }

    private static HistogramFault ValidateFloatCounts(in HistogramMessage histogram)
    {
        if (BitConverter.Int64BitsToDouble(histogram.CountFloatBits) < 0 || BitConverter.Int64BitsToDouble(histogram.ZeroCountFloatBits) < 0)
        {
            return HistogramFault.NegativeCount;
        }

        return AnyNegative(histogram.Read(HistogramFields.NegativeCounts, histogram.NegativeCounts))
            || AnyNegative(histogram.Read(HistogramFields.PositiveCounts, histogram.PositiveCounts))
            ? HistogramFault.NegativeBucketCount
            : HistogramFault.None;
    }

    private static bool AnyNegative(HistogramFieldReader counts)
    {
        while (counts.TryNextDouble(out long bits))
        {
            if (BitConverter.Int64BitsToDouble(bits) < 0)
            {
                return true;
            }
        }

        return false;
    }
}
