using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>
/// Brings the zero buckets of two exponential histograms to one breadth: wide enough for both, and ending on a bound of a bucket wherever it would end in
/// a bucket that has observations.
/// </summary>
internal static class ZeroBuckets
{
    /// <summary>
    /// Widens the zero bucket of <paramref name="histogram"/> if needed, taking in the buckets that then lie within it.
    /// </summary>
    /// <returns>What the zero count of <paramref name="other"/>, which is left as it is, would be with that zero bucket, and what rounding lost from it.</returns>
    public static (double Count, double Compensation) Reconcile(FloatHistogram histogram, FloatHistogram other)
    {
        var theirs = new Widened(other.ZeroThreshold, other.ZeroCount, 0);

        // Widening one to the other's threshold may end in one of its buckets and go further; then the other has to follow. NaN widens to nothing.
        while (theirs.Threshold != histogram.ZeroThreshold)
        {
            if (histogram.ZeroThreshold > theirs.Threshold)
            {
                theirs = Widen(other, histogram.ZeroThreshold, compensated: false);
            }
            else if (theirs.Threshold > histogram.ZeroThreshold)
            {
                Widened mine = Widen(histogram, theirs.Threshold, histogram.IsCompensated);
                histogram.ZeroCount = mine.Count;
                histogram.ZeroThreshold = mine.Threshold;
                histogram.ZeroCompensation = mine.Compensation;
                ClearWithin(histogram.Positive, histogram);
                ClearWithin(histogram.Negative, histogram);
                histogram.Compact(0);
            }
            else
            {
                break;
            }
        }

        return (theirs.Count, theirs.Compensation);
    }

    /// <summary>The zero bucket that the histogram would have with a threshold that is not less than its own.</summary>
    public static Widened Widen(FloatHistogram histogram, double threshold, bool compensated)
    {
        double initial = compensated ? histogram.ZeroCompensation : 0;
        if (threshold == histogram.ZeroThreshold)
        {
            return new Widened(threshold, histogram.ZeroCount, initial);
        }

        while (true)
        {
            double count = histogram.ZeroCount;
            double compensation = initial;
            TakeIn(histogram.Positive, histogram.Schema, compensated, ref threshold, ref count, ref compensation);
            if (!TakeIn(histogram.Negative, histogram.Schema, compensated, ref threshold, ref count, ref compensation))
            {
                return new Widened(threshold, count, compensation);
            }

            // A negative bucket moved the threshold, so more positive buckets may lie within it: all over again.
        }
    }

    /// <summary>Adds the buckets within the threshold to the count; true when the last of them reaches beyond it and so moved the threshold.</summary>
    private static bool TakeIn(BucketSide side, int schema, bool compensated, ref double threshold, ref double count, ref double compensation)
    {
        ReadOnlySpan<double> counts = side.Counts;
        ReadOnlySpan<double> compensations = compensated ? side.Compensations : default;
        var cursor = new BucketCursor(side.Spans);
        while (cursor.MoveNext() && !(HistogramBounds.UpperBound(cursor.Index - 1, schema) >= threshold))
        {
            CompensatedSum.Add(ref count, ref compensation, counts[cursor.Position]);
            if (compensations.Length > 0)
            {
                CompensatedSum.Add(ref count, ref compensation, compensations[cursor.Position]);
            }

            double upper = HistogramBounds.UpperBound(cursor.Index, schema);
            if (upper > threshold)
            {
                bool moves = counts[cursor.Position] != 0;
                threshold = moves ? upper : threshold;
                return moves;
            }
        }

        return false;
    }

    private static void ClearWithin(BucketSide side, FloatHistogram histogram)
    {
        Span<double> counts = side.Counts;
        Span<double> compensations = side.Compensations;
        var cursor = new BucketCursor(side.Spans);
        while (cursor.MoveNext() && !(HistogramBounds.UpperBound(cursor.Index - 1, histogram.Schema) >= histogram.ZeroThreshold))
        {
            counts[cursor.Position] = 0;
            if (compensations.Length > 0)
            {
                compensations[cursor.Position] = 0;
            }
        }
    }

    /// <summary>A zero bucket.</summary>
    public readonly record struct Widened(double Threshold, double Count, double Compensation);
}
