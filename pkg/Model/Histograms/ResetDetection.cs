using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>Whether a counter histogram was reset since the one before: by its hint, else because something in it has become less.</summary>
internal static class ResetDetection
{
    public static bool IsReset(FloatHistogram current, FloatHistogram previous)
    {
        if (current.CounterResetHint is CounterResetHint.CounterReset or CounterResetHint.NotCounterReset)
        {
            return current.CounterResetHint == CounterResetHint.CounterReset;
        }

        if (current.Count < previous.Count)
        {
            return true;
        }

        if (current.HasCustomBuckets)
        {
            if (!previous.HasCustomBuckets)
            {
                return true;
            }

            if (!current.CustomBounds.SequenceEqual(previous.CustomBounds))
            {
                return AnyLessBetweenCommonBounds(current, previous);
            }
        }

        // A finer resolution or a narrower zero bucket exist only after a reset.
        if (current.Schema > previous.Schema || current.ZeroThreshold < previous.ZeroThreshold)
        {
            return true;
        }

        ZeroBuckets.Widened zero = current.HasCustomBuckets
            ? new ZeroBuckets.Widened(current.ZeroThreshold, previous.ZeroCount, 0)
            : ZeroBuckets.Widen(previous, current.ZeroThreshold, compensated: false);

        // A threshold within a bucket that had observations cannot come from the same counter.
        return zero.Threshold != current.ZeroThreshold
            || current.ZeroCount < zero.Count
            || AnyLess(current.Positive, previous.Positive, current, previous)
            || AnyLess(current.Negative, previous.Negative, current, previous);
    }

    private static bool AnyLess(BucketSide current, BucketSide previous, FloatHistogram currentHistogram, FloatHistogram previousHistogram)
    {
        if (previous.Length == 0)
        {
            return false;
        }

        int schema = currentHistogram.Schema;
        double zeroThreshold = currentHistogram.ZeroThreshold;
        if (schema == previousHistogram.Schema && current.HasLayoutOf(previous)
            && (zeroThreshold == 0 || current.CountWithinZero(schema, zeroThreshold) == 0))
        {
            return CountVectors.AnyLess(current.Counts, previous.Counts);
        }

        var now = new CoarseBucketCursor(current, schema, schema, zeroThreshold);
        var before = new CoarseBucketCursor(previous, previousHistogram.Schema, schema, zeroThreshold);
        bool hasNow = now.MoveNext();
        while (before.MoveNext())
        {
            while (hasNow && now.Index < before.Index)
            {
                hasNow = now.MoveNext();
            }

            if (hasNow && now.Index == before.Index ? now.Count < before.Count : before.Count != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnyLessBetweenCommonBounds(FloatHistogram current, FloatHistogram previous)
    {
        ReadOnlySpan<double> currentBounds = current.CustomBounds;
        ReadOnlySpan<double> previousBounds = previous.CustomBounds;
        var now = new CustomBucketSums(current);
        var before = new CustomBucketSums(previous);
        int i = 0;
        int j = 0;
        while (i <= currentBounds.Length && j <= previousBounds.Length)
        {
            double currentBound = BucketBounds.Upper(i, NativeHistogram.CustomBucketsSchema, currentBounds);
            double previousBound = BucketBounds.Upper(j, NativeHistogram.CustomBucketsSchema, previousBounds);
            if (currentBound == previousBound)
            {
                if (now.SumUpTo(currentBound) < before.SumUpTo(currentBound))
                {
                    return true;
                }

                i++;
                j++;
            }
            else if (currentBound < previousBound)
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return false;
    }

    /// <summary>Sums custom buckets from one bound to the next.</summary>
    private ref struct CustomBucketSums
    {
        private readonly ReadOnlySpan<double> _counts;
        private readonly ReadOnlySpan<double> _bounds;
        private BucketCursor _cursor;
        private bool _has;

        public CustomBucketSums(FloatHistogram histogram)
        {
            _counts = histogram.PositiveCounts;
            _bounds = histogram.CustomBounds;
            _cursor = new BucketCursor(histogram.PositiveSpans);
            _has = _cursor.MoveNext();
        }

        /// <summary>Observations in the buckets that end at or before the bound and were not summed before.</summary>
        public double SumUpTo(double bound)
        {
            double sum = 0;
            while (_has && BucketBounds.Upper(_cursor.Index, NativeHistogram.CustomBucketsSchema, _bounds) <= bound)
            {
                sum += _counts[_cursor.Position];
                _has = _cursor.MoveNext();
            }

            return sum;
        }
    }
}
