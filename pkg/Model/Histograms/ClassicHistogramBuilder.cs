using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>
/// Makes a histogram with custom buckets from the series of a classic one at one time: bucket counts by <c>le</c>, <c>_count</c> and <c>_sum</c>, in any order.
/// The first fault stays until <see cref="Reset"/>. One owner.
/// </summary>
public sealed class ClassicHistogramBuilder
{
    private readonly List<ClassicBucket> _buckets = [];
    private double _sum;
    private double? _count;

    /// <summary>The first fault.</summary>
    public ClassicHistogramFault Fault { get; private set; }

    /// <summary>Begins another histogram.</summary>
    public void Reset()
    {
        _buckets.Clear();
        _sum = 0;
        _count = null;
        Fault = ClassicHistogramFault.None;
    }

    /// <summary>Sets the count of a bucket; of buckets of the same bound the first one stays.</summary>
    /// <param name="upperBound">Bound, +Inf allowed; a bucket at NaN is passed over.</param>
    /// <param name="count">Observations up to the bound.</param>
    public void SetBucket(double upperBound, double count)
    {
        if (Fault != ClassicHistogramFault.None || double.IsNaN(upperBound))
        {
            return;
        }

        if (count < 0)
        {
            Fault = ClassicHistogramFault.NegativeBucketCount;
            return;
        }

        int index = _buckets.Count;
        while (index > 0 && _buckets[index - 1].UpperBound >= upperBound)
        {
            index--;
        }

        if (index < _buckets.Count && _buckets[index].UpperBound == upperBound)
        {
            return;
        }

        if ((index > 0 && count < _buckets[index - 1].Count) || (index < _buckets.Count && count > _buckets[index].Count))
        {
            Fault = ClassicHistogramFault.NotCumulative;
            return;
        }

        _buckets.Insert(index, new ClassicBucket(upperBound, count));
    }

    /// <summary>Sets the count of all observations; without it, it is that of the highest bucket.</summary>
    public void SetCount(double count)
    {
        if (Fault == ClassicHistogramFault.None && count < 0)
        {
            Fault = ClassicHistogramFault.NegativeCount;
        }

        _count = count;
    }

    /// <summary>Sets the sum of observations; without it, it is 0.</summary>
    public void SetSum(double sum) => _sum = sum;

    /// <summary>Writes the histogram, compacted as the reference compacts it: up to two empty buckets stay within when all counts are integers, else none.</summary>
    /// <param name="histogram">Receives it, with unknown reset hint; in no particular state after a fault.</param>
    public ClassicHistogramFault Build(FloatHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        if (Fault != ClassicHistogramFault.None)
        {
            return Fault;
        }

        double count = _count ?? (_buckets.Count > 0 ? _buckets[^1].Count : 0);
        if (_buckets.Count == 0 || !double.IsPositiveInfinity(_buckets[^1].UpperBound))
        {
            _buckets.Add(new ClassicBucket(double.PositiveInfinity, count));
        }

        if (count != _buckets[^1].Count)
        {
            Fault = ClassicHistogramFault.CountMismatch;
            return Fault;
        }

        histogram.Reset(NativeHistogram.CustomBucketsSchema);
        histogram.Count = count;
        histogram.Sum = _sum;
        Span<double> bounds = histogram.ResizeCustomBounds(_buckets.Count - 1);
        BucketSide side = histogram.Positive;
        side.Resize(1, _buckets.Count);
        side.Spans[0] = new HistogramSpan(0, (uint)_buckets.Count);
        double below = 0;
        bool integers = true;
        for (int i = 0; i < _buckets.Count; i++)
        {
            ClassicBucket bucket = _buckets[i];
            side.Counts[i] = bucket.Count - below;
            below = bucket.Count;
            integers &= Math.Round(bucket.Count) == bucket.Count && bucket.Count < long.MaxValue;
            if (i < bounds.Length)
            {
                bounds[i] = bucket.UpperBound;
            }
        }

        histogram.Compact(integers ? 2 : 0);
        return ClassicHistogramFault.None;
    }
}
