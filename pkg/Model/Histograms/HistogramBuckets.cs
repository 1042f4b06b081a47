namespace RemoteStore.Model.Histograms;

/// <summary>
/// Walks buckets of a histogram, which must not change meanwhile; <c>foreach</c> works. <see cref="Count"/> is cheap, <see cref="Current"/> computes the bounds.
/// </summary>
public ref struct HistogramBuckets
{
    private readonly FloatHistogram _histogram;
    private readonly bool _descending;
    private readonly bool _all;
    private ReverseBucketCursor _inward;
    private BucketCursor _outward;
    private Stage _stage;
    private int _index;

    private HistogramBuckets(FloatHistogram histogram, bool descending, bool all, Stage stage)
    {
        _histogram = histogram;
        _descending = descending;
        _all = all;
        _stage = stage;
        BucketSide first = descending ? histogram.Positive : histogram.Negative;
        BucketSide second = descending ? histogram.Negative : histogram.Positive;
        _inward = new ReverseBucketCursor(first.Spans, all ? first.Length : 0);
        _outward = new BucketCursor(second.Spans);
    }

    private enum Stage : byte
    {
        TowardsZero,
        Zero,
        FromZero,
        End,
    }

    /// <summary>Observations in the current bucket.</summary>
    public double Count { get; private set; }

    /// <summary>The current bucket.</summary>
    public readonly HistogramBucket Current => _stage == Stage.Zero ? ZeroBucket() : Bucket();

    /// <summary>True when all buckets were walked past.</summary>
    internal readonly bool AtEnd => _stage == Stage.End;

    internal static HistogramBuckets OfAll(FloatHistogram histogram, bool descending) => new(histogram, descending, true, Stage.TowardsZero);

    internal static HistogramBuckets OfSide(FloatHistogram histogram, bool negative) => new(histogram, negative, false, Stage.FromZero);

    /// <summary>This.</summary>
    public readonly HistogramBuckets GetEnumerator() => this;

    /// <summary>Goes to the next bucket; false when there is none.</summary>
    public bool MoveNext()
    {
        if (_stage == Stage.TowardsZero)
        {
            if (_inward.MoveNext())
            {
                BucketSide side = _descending ? _histogram.Positive : _histogram.Negative;
                _index = _inward.Index;
                Count = side.Counts[_inward.Position];
                return true;
            }

            _stage = Stage.Zero;
            if (_histogram.ZeroCount > 0)
            {
                Count = _histogram.ZeroCount;
                return true;
            }
        }

        if (_stage == Stage.End)
        {
            return false;
        }

        _stage = Stage.FromZero;
        if (_outward.MoveNext())
        {
            BucketSide side = _descending ? _histogram.Negative : _histogram.Positive;
            _index = _outward.Index;
            Count = side.Counts[_outward.Position];
            return true;
        }

        _stage = Stage.End;
        return false;
    }

    private readonly HistogramBucket ZeroBucket() => new(-_histogram.ZeroThreshold, _histogram.ZeroThreshold, Count, 0, true, true);

    private readonly HistogramBucket Bucket()
    {
        bool negative = (_stage == Stage.TowardsZero) != _descending;
        HistogramBucket bucket = BucketBounds.Bucket(_index, Count, negative, _histogram.Schema, _histogram.CustomBounds);
        double threshold = _histogram.ZeroThreshold;
        if (!_all)
        {
            return bucket;
        }

        if (bucket.Upper < 0 && bucket.Upper > -threshold)
        {
            return bucket with { Upper = -threshold };
        }

        return bucket.Lower > 0 && bucket.Lower < threshold ? bucket with { Lower = threshold } : bucket;
    }
}
