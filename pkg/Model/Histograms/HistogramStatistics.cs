namespace RemoteStore.Model.Histograms;

/// <summary>
/// What PromQL reads out of native histograms: <c>histogram_quantile</c>, <c>histogram_fraction</c>, <c>histogram_avg</c>, <c>histogram_stdvar</c>,
/// <c>histogram_stddev</c> (<c>histogram_count</c> and <c>histogram_sum</c> are properties of the histogram).
/// </summary>
public static class HistogramStatistics
{
    /// <summary>
    /// The value that the given part of the observations does not exceed. Exponential buckets are interpolated exponentially, custom buckets and the zero
    /// bucket linearly; a zero bucket with buckets on one side of it ends, and a first custom bucket with a positive bound begins, at 0.
    /// </summary>
    /// <param name="quantile">0 to 1; below is -Inf, above +Inf, NaN is NaN.</param>
    /// <param name="histogram">Without observations the result is NaN.</param>
    /// <param name="notes"><see cref="HistogramNotes.NaNObservationsMakeNaN"/> or <see cref="HistogramNotes.NaNObservationsSkew"/>.</param>
    public static double Quantile(double quantile, FloatHistogram histogram, out HistogramNotes notes)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        notes = HistogramNotes.None;
        if (quantile < 0)
        {
            return double.NegativeInfinity;
        }

        if (quantile > 1)
        {
            return double.PositiveInfinity;
        }

        if (histogram.Count == 0 || double.IsNaN(quantile))
        {
            return double.NaN;
        }

        // Observations of NaN make the sum NaN and are in the count but in no bucket: then only the way upwards is right. Else the shorter way is taken.
        bool upwards = double.IsNaN(histogram.Sum) || quantile < 0.5;
        HistogramBuckets buckets = upwards ? histogram.AllBuckets() : histogram.AllBucketsDescending();
        double rank = (upwards ? quantile : 1 - quantile) * histogram.Count;
        double count = 0;
        bool any = false;
        while (buckets.MoveNext())
        {
            any = true;
            count += buckets.Count;
            if (buckets.Count != 0 && count >= rank)
            {
                break;
            }
        }

        HistogramBucket bucket = any ? Last(histogram, buckets, upwards) : default;
        double lower = bucket.Lower;
        double upper = bucket.Upper;
        if (histogram.HasCustomBuckets)
        {
            if (double.IsNegativeInfinity(lower))
            {
                if (upper <= 0)
                {
                    return upper;
                }

                lower = 0;
            }
            else if (double.IsPositiveInfinity(upper))
            {
                return lower;
            }
        }
        else if (lower < 0 && upper > 0)
        {
            (lower, upper) = ZeroBucketBounds(histogram, lower, upper);
        }

        // Rounding may have brought the buckets above the count.
        count = count > histogram.Count ? histogram.Count : count;
        if (count < rank)
        {
            if (double.IsNaN(histogram.Sum))
            {
                notes = HistogramNotes.NaNObservationsMakeNaN;
                return double.NaN;
            }

            return upper;
        }

        rank = upwards ? rank - (count - bucket.Count) : count - rank;
        if (double.IsNaN(histogram.Sum))
        {
            while (buckets.MoveNext())
            {
                count += buckets.Count;
            }

            // A sum of +Inf and -Inf is NaN too, but then all observations are in buckets.
            notes = count < histogram.Count ? HistogramNotes.NaNObservationsSkew : HistogramNotes.None;
        }

        double fraction = rank / bucket.Count;
        if (histogram.HasCustomBuckets || (lower <= 0 && upper >= 0))
        {
            return lower + ((upper - lower) * fraction);
        }

        double logLower = ReferenceLogarithm.Log2(Math.Abs(lower));
        double logUpper = ReferenceLogarithm.Log2(Math.Abs(upper));
        return lower > 0
            ? ReferenceLogarithm.Exp2(logLower + ((logUpper - logLower) * fraction))
            : -ReferenceLogarithm.Exp2(logUpper + ((logLower - logUpper) * (1 - fraction)));
    }

    /// <summary>
    /// The part of the observations between two values, with the interpolation of <see cref="Quantile"/>. A bucket of infinite breadth that is cut
    /// contributes nothing.
    /// </summary>
    /// <param name="lower">Lower value, -Inf for none.</param>
    /// <param name="upper">Upper value, +Inf for none; not above <paramref name="lower"/> gives 0.</param>
    /// <param name="histogram">Without observations the result is NaN, as when a value is NaN.</param>
    /// <param name="notes"><see cref="HistogramNotes.NaNObservationsExcluded"/>.</param>
    public static double Fraction(double lower, double upper, FloatHistogram histogram, out HistogramNotes notes)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        notes = HistogramNotes.None;
        if (histogram.Count == 0 || double.IsNaN(lower) || double.IsNaN(upper))
        {
            return double.NaN;
        }

        if (lower >= upper)
        {
            return 0;
        }

        var below = new Rank(lower);
        var within = new Rank(upper);
        double rank = 0;
        double count = 0;
        HistogramBuckets buckets = histogram.AllBuckets();
        while (buckets.MoveNext())
        {
            HistogramBucket bucket = buckets.Current;
            count += bucket.Count;
            bool linear = histogram.HasCustomBuckets;
            if (bucket.Lower <= 0 && bucket.Upper >= 0)
            {
                linear = true;
                (double from, double to) = ZeroBucketBounds(histogram, bucket.Lower, bucket.Upper);
                bucket = bucket with { Lower = from, Upper = to };
            }

            below.Visit(bucket, rank, linear);
            within.Visit(bucket, rank, linear);
            if (below.Known && within.Known)
            {
                break;
            }

            rank += bucket.Count;
        }

        double limit = histogram.Count;
        if (double.IsNaN(histogram.Sum))
        {
            while (buckets.MoveNext())
            {
                count += buckets.Count;
            }

            limit = count;
            notes = count < histogram.Count ? HistogramNotes.NaNObservationsExcluded : HistogramNotes.None;
        }

        return (within.UpTo(limit) - below.UpTo(limit)) / histogram.Count;
    }

    /// <summary>Average of the observations; NaN without any.</summary>
    public static double Average(FloatHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        return histogram.Sum / histogram.Count;
    }

    /// <summary>
    /// Estimated variance: observations are taken at the geometric mean of their bucket's bounds, at 0 in the zero bucket, at the arithmetic mean in custom
    /// buckets.
    /// </summary>
    public static double Variance(FloatHistogram histogram)
    {
        double mean = Average(histogram);
        double variance = 0;
        double compensation = 0;
        HistogramBuckets buckets = histogram.AllBuckets();
        while (buckets.MoveNext())
        {
            if (buckets.Count == 0)
            {
                continue;
            }

            double delta = Middle(buckets.Current, histogram.HasCustomBuckets) - mean;
            CompensatedSum.Add(ref variance, ref compensation, buckets.Count * delta * delta);
        }

        return (variance + compensation) / histogram.Count;
    }

    /// <summary>Square root of <see cref="Variance"/>.</summary>
    public static double StandardDeviation(FloatHistogram histogram) => Math.Sqrt(Variance(histogram));

    private static double Middle(in HistogramBucket bucket, bool custom)
    {
        if (custom)
        {
            return (bucket.Upper + bucket.Lower) / 2;
        }

        if (bucket.Lower <= 0 && bucket.Upper >= 0)
        {
            return 0;
        }

        double middle = Math.Sqrt(bucket.Upper * bucket.Lower);
        return bucket.Upper < 0 ? -middle : middle;
    }

    /// <summary>The bucket where a walk stopped, also when it walked off the end.</summary>
    private static HistogramBucket Last(FloatHistogram histogram, HistogramBuckets stopped, bool upwards)
    {
        if (!stopped.AtEnd)
        {
            return stopped.Current;
        }

        // The other way its first bucket is the last of this one.
        HistogramBuckets buckets = upwards ? histogram.AllBucketsDescending() : histogram.AllBuckets();
        buckets.MoveNext();
        return buckets.Current;
    }

    private static (double Lower, double Upper) ZeroBucketBounds(FloatHistogram histogram, double lower, double upper)
    {
        bool hasNegative = histogram.Negative.Length > 0;
        bool hasPositive = histogram.Positive.Length > 0;
        return (hasPositive && !hasNegative ? 0 : lower, hasNegative && !hasPositive ? 0 : upper);
    }

    /// <summary>How many observations are below a value, found while the buckets pass by.</summary>
    private struct Rank(double value)
    {
        private double _rank;

        public bool Known { get; private set; }

        public void Visit(in HistogramBucket bucket, double before, bool linear)
        {
            if (Known)
            {
                return;
            }

            if (bucket.Lower >= value)
            {
                _rank = before;
                Known = true;
            }
            else if (bucket.Upper > value)
            {
                _rank = linear ? Linear(bucket, before) : Exponential(bucket, before);
                Known = true;
            }
        }

        public readonly double UpTo(double limit) => !Known || _rank > limit ? limit : _rank;

        private readonly double Linear(in HistogramBucket bucket, double before) => double.IsNegativeInfinity(bucket.Lower)
            ? bucket.Count
            : before + (bucket.Count * (value - bucket.Lower) / (bucket.Upper - bucket.Lower));

        private readonly double Exponential(in HistogramBucket bucket, double before)
        {
            double logLower = ReferenceLogarithm.Log2(Math.Abs(bucket.Lower));
            double logUpper = ReferenceLogarithm.Log2(Math.Abs(bucket.Upper));
            double logValue = ReferenceLogarithm.Log2(Math.Abs(value));
            double fraction = value > 0
                ? (logValue - logLower) / (logUpper - logLower)
                : 1 - ((logValue - logUpper) / (logLower - logUpper));
            return before + (bucket.Count * fraction);
        }
    }
}
