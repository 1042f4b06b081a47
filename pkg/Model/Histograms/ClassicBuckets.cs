namespace RemoteStore.Model.Histograms;

/// <summary><c>histogram_quantile</c> and <c>histogram_fraction</c> over the buckets of a classic histogram.</summary>
public static class ClassicBuckets
{
    /// <summary>Relative difference of counts that is taken for one of rounding.</summary>
    private const double Tolerance = 1e-12;

    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>The value that the given part of the observations does not exceed, by linear interpolation within a bucket.</summary>
    /// <param name="quantile">0 to 1; below is -Inf, above +Inf, NaN is NaN.</param>
    /// <param name="buckets">In any order; sorted, joined and made to grow in place. NaN results without a bucket at +Inf, a second one, or observations.</param>
    /// <param name="report">What was done to the counts.</param>
    public static double Quantile(double quantile, Span<ClassicBucket> buckets, out MonotonicityReport report)
    {
        report = default;
        if (double.IsNaN(quantile))
        {
            return double.NaN;
        }

        if (quantile < 0)
        {
            return double.NegativeInfinity;
        }

        if (quantile > 1)
        {
            return double.PositiveInfinity;
        }

        if (!TryPrepare(ref buckets))
        {
            return double.NaN;
        }

        report = MakeMonotonic(buckets);
        double observations = buckets[^1].Count;
        if (buckets.Length < 2 || observations == 0)
        {
            return double.NaN;
        }

        double rank = quantile * observations;
        int index = FirstReaching(buckets[..^1], rank);
        if (index == buckets.Length - 1)
        {
            return buckets[^2].UpperBound;
        }

        if (index == 0)
        {
            double first = buckets[0].UpperBound;
            return first <= 0 ? first : first * (rank / buckets[0].Count);
        }

        ClassicBucket below = buckets[index - 1];
        return below.UpperBound + ((buckets[index].UpperBound - below.UpperBound) * ((rank - below.Count) / (buckets[index].Count - below.Count)));
    }

    /// <summary>The part of the observations between two values, by linear interpolation; a bucket of infinite breadth that is cut contributes nothing.</summary>
    /// <param name="lower">Lower value, -Inf for none.</param>
    /// <param name="upper">Upper value, +Inf for none; not above <paramref name="lower"/> gives 0.</param>
    /// <param name="buckets">In any order; sorted and joined in place. NaN results without a bucket at +Inf or without observations.</param>
    public static double Fraction(double lower, double upper, Span<ClassicBucket> buckets)
    {
        if (!TryPrepare(ref buckets))
        {
            return double.NaN;
        }

        double count = buckets[^1].Count;
        if (count == 0 || double.IsNaN(lower) || double.IsNaN(upper))
        {
            return double.NaN;
        }

        return lower >= upper ? 0 : (RankOf(upper, buckets, count) - RankOf(lower, buckets, count)) / count;
    }

    /// <summary>How many observations are below a value.</summary>
    private static double RankOf(double value, ReadOnlySpan<ClassicBucket> buckets, double count)
    {
        double before = 0;
        double from = buckets[0].UpperBound <= 0 ? double.NegativeInfinity : 0;
        foreach (ClassicBucket bucket in buckets)
        {
            if (from >= value)
            {
                return Math.Min(before, count);
            }

            if (bucket.UpperBound > value)
            {
                double rank = double.IsNegativeInfinity(from)
                    ? bucket.Count
                    : before + ((bucket.Count - before) * (value - from) / (bucket.UpperBound - from));
                return rank > count ? count : rank;
            }

            before = bucket.Count;
            from = bucket.UpperBound;
        }

        return count;
    }

    /// <summary>Sorts buckets and joins those of the same bound; false when the highest is not at +Inf.</summary>
    private static bool TryPrepare(ref Span<ClassicBucket> buckets)
    {
        if (!IsSorted(buckets))
        {
            buckets.Sort(static (a, b) => a.UpperBound < b.UpperBound ? -1 : a.UpperBound > b.UpperBound ? 1 : 0);
        }

        if (buckets.IsEmpty || !double.IsPositiveInfinity(buckets[^1].UpperBound))
        {
            return false;
        }

        int last = 0;
        for (int i = 1; i < buckets.Length; i++)
        {
            if (buckets[i].UpperBound == buckets[last].UpperBound)
            {
                buckets[last].Count += buckets[i].Count;
            }
            else
            {
                buckets[++last] = buckets[i];
            }
        }

        buckets = buckets[..(last + 1)];
        return true;
    }

    private static bool IsSorted(ReadOnlySpan<ClassicBucket> buckets)
    {
        for (int i = 1; i < buckets.Length; i++)
        {
            if (!(buckets[i - 1].UpperBound <= buckets[i].UpperBound))
            {
                return false;
            }
        }

        return true;
    }

    private static MonotonicityReport MakeMonotonic(Span<ClassicBucket> buckets)
    {
        bool isFixed = false;
        bool isForced = false;
        double lowest = double.PositiveInfinity;
        double highest = double.NegativeInfinity;
        double greatest = 0;
        double previous = buckets[0].Count;
        foreach (ref ClassicBucket bucket in buckets[1..])
        {
            double count = bucket.Count;
            if (count == previous)
            {
                continue;
            }

            if (IsRounding(previous, count))
            {
                bucket.Count = previous;
                isFixed = true;
            }
            else if (count < previous)
            {
                bucket.Count = previous;
                isForced = true;
                lowest = Math.Min(lowest, bucket.UpperBound);
                highest = Math.Max(highest, bucket.UpperBound);
                greatest = Math.Max(greatest, previous - count);
            }
            else
            {
                previous = count;
            }
        }

        return new MonotonicityReport(isFixed, isForced, lowest, highest, greatest);
    }

    private static bool IsRounding(double left, double right)
    {
        if (double.IsNaN(left) && double.IsNaN(right))
        {
            return true;
        }

        double sum = Math.Abs(left) + Math.Abs(right);
        double difference = Math.Abs(left - right);
        return left == 0 || right == 0 || sum < SmallestNormal
            ? difference < Tolerance * SmallestNormal
            : difference / Math.Min(sum, double.MaxValue) < Tolerance;
    }

    /// <summary>Index of the first bucket whose count reaches the rank, or the length.</summary>
    private static int FirstReaching(ReadOnlySpan<ClassicBucket> buckets, double rank)
    {
        int low = 0;
        int high = buckets.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (buckets[middle].Count >= rank)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
