namespace RemoteStore.Model.Histograms;

/// <summary>
/// The trim operators. Buckets beyond the limit lose their observations; of the bucket that holds the limit a part stays, by linear interpolation in custom
/// buckets and in the zero bucket, else by exponential. The sum is estimated anew from the middles of what is left, unless nothing was removed.
/// </summary>
internal static class BucketTrim
{
    public static void Trim(FloatHistogram histogram, double limit, bool upper)
    {
        var total = new Remaining();
        bool hasPositive = TrimSide(histogram, histogram.Positive, negative: false, limit, upper, ref total);
        bool hasNegative = TrimSide(histogram, histogram.Negative, negative: true, limit, upper, ref total);
        if (histogram.ZeroCount > 0)
        {
            double lower = hasPositive && !hasNegative ? 0 : -histogram.ZeroThreshold;
            double higher = hasNegative && !hasPositive ? 0 : histogram.ZeroThreshold;
            (double kept, double middle) = TrimZeroBucket(lower, higher, histogram.ZeroCount, limit, upper);
            total.Removed |= histogram.ZeroCount != kept;
            histogram.ZeroCount = kept;
            total.Add(kept, middle);
        }

        if (total.Removed)
        {
            histogram.Count = total.Count;
            histogram.Sum = total.Sum;
            histogram.Compact(0);
        }
    }

    /// <summary>True when the side has any observations.</summary>
    private static bool TrimSide(FloatHistogram histogram, BucketSide side, bool negative, double limit, bool upper, ref Remaining total)
    {
        bool linear = histogram.HasCustomBuckets;
        bool populated = false;
        Span<double> counts = side.Counts;
        var cursor = new BucketCursor(side.Spans);
        while (cursor.MoveNext())
        {
            ref double count = ref counts[cursor.Position];
            if (count == 0)
            {
                continue;
            }

            populated = true;
            HistogramBucket bucket = BucketBounds.Bucket(cursor.Index, count, negative, histogram.Schema, histogram.CustomBounds);
            if (upper ? bucket.Upper <= limit : bucket.Lower >= limit)
            {
                total.Add(count, Middle(bucket.Lower, bucket.Upper, negative, linear));
            }
            else if (upper ? bucket.Lower < limit : bucket.Upper > limit)
            {
                (double kept, double middle) = TrimBucket(bucket, limit, upper, negative, linear);
                total.Add(kept, middle);
                total.Removed |= count != kept;
                count = kept;
            }
            else
            {
                count = 0;
                total.Removed = true;
            }
        }

        return populated;
    }

    private static (double Kept, double Middle) TrimBucket(in HistogramBucket bucket, double limit, bool upper, bool negative, bool linear)
    {
        if (double.IsNegativeInfinity(bucket.Lower))
        {
            return TrimFromInfinity(bucket, limit, upper);
        }

        if (double.IsPositiveInfinity(bucket.Upper))
        {
            // How observations are spread towards infinity is unknown: cut into, the bucket goes as a whole.
            return !upper && limit >= bucket.Lower ? (bucket.Count, limit) : (0, 0);
        }

        double below = CountBelow(bucket, limit, negative, linear);
        return upper
            ? (below, Middle(bucket.Lower, limit, negative, linear))
            : (bucket.Count - below, Middle(limit, bucket.Upper, negative, linear));
    }

    /// <summary>The first custom bucket, which begins at 0 when its bound is positive, and any bucket of observations of -Inf.</summary>
    private static (double Kept, double Middle) TrimFromInfinity(in HistogramBucket bucket, double limit, bool upper)
    {
        bool fromZero = bucket.Upper > 0 && !double.IsPositiveInfinity(bucket.Upper);
        if (upper)
        {
            if (limit > 0 && fromZero)
            {
                return (bucket.Count * limit / bucket.Upper, limit / 2);
            }

            return bucket.Upper <= 0 ? (bucket.Count, limit) : (0, 0);
        }

        return limit >= 0 && fromZero ? (bucket.Count * (1 - (limit / bucket.Upper)), (limit + bucket.Upper) / 2) : (0, 0);
    }

    private static double CountBelow(in HistogramBucket bucket, double limit, bool negative, bool linear)
    {
        if (linear)
        {
            return bucket.Count * ((limit - bucket.Lower) / (bucket.Upper - bucket.Lower));
        }

        double lower = ReferenceLogarithm.Log2(Math.Abs(bucket.Lower));
        double upper = ReferenceLogarithm.Log2(Math.Abs(bucket.Upper));
        double at = ReferenceLogarithm.Log2(Math.Abs(limit));
        return bucket.Count * (negative ? 1 - ((at - upper) / (lower - upper)) : (at - lower) / (upper - lower));
    }

    private static (double Kept, double Middle) TrimZeroBucket(double lower, double upper, double count, double limit, bool keepLower)
    {
        if (limit <= lower)
        {
            return keepLower ? (0, 0) : (count, (lower + upper) / 2);
        }

        if (limit >= upper)
        {
            return keepLower ? (count, (lower + upper) / 2) : (0, 0);
        }

        return keepLower
            ? (count * ((limit - lower) / (upper - lower)), (lower + limit) / 2)
            : (count * ((upper - limit) / (upper - lower)), (limit + upper) / 2);
    }

    /// <summary>Where the observations of an interval are on average: the geometric mean of its bounds, or the arithmetic one for custom buckets.</summary>
    private static double Middle(double lower, double upper, bool negative, bool linear)
    {
        if (double.IsInfinity(lower))
        {
            return double.IsInfinity(upper) ? 0 : upper > 0 ? upper / 2 : upper;
        }

        if (double.IsInfinity(upper))
        {
            return lower;
        }

        if (linear)
        {
            return (lower + upper) / 2;
        }

        double mean = Math.Sqrt(Math.Abs(lower * upper));
        return negative ? -mean : mean;
    }

    /// <summary>What is left of the histogram.</summary>
    private struct Remaining
    {
        public double Count;
        public double Sum;
        public bool Removed;

        public void Add(double count, double middle)
        {
            Count += count;
            Sum += middle * count;
        }
    }
}
