using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>Walks the buckets of one side away from zero (for custom buckets: upwards). Spans of no length are passed over.</summary>
internal ref struct BucketCursor
{
    private readonly ReadOnlySpan<HistogramSpan> _spans;
    private int _span;
    private uint _left;
    private int _next;

    public BucketCursor(ReadOnlySpan<HistogramSpan> spans)
    {
        _spans = spans;
        Position = -1;
    }

    /// <summary>Position in the array of counts.</summary>
    public int Position { get; private set; }

    /// <summary>Index within the schema.</summary>
    public readonly int Index => _next - 1;

    /// <summary>True for the first bucket of a span.</summary>
    public bool StartsSpan { get; private set; }

    public bool MoveNext()
    {
        StartsSpan = false;
        while (_left == 0)
        {
            if (_span == _spans.Length)
            {
                return false;
            }

            HistogramSpan span = _spans[_span++];
            _next += span.Offset;
            _left = span.Length;
            StartsSpan = true;
        }

        _next++;
        _left--;
        Position++;
        return true;
    }
}

/// <summary>Walks the buckets of one side towards zero (for custom buckets: downwards).</summary>
internal ref struct ReverseBucketCursor
{
    private readonly ReadOnlySpan<HistogramSpan> _spans;
    private int _span;
    private uint _left;

    public ReverseBucketCursor(ReadOnlySpan<HistogramSpan> spans, int buckets)
    {
        _spans = spans;
        _span = spans.Length;
        Position = buckets;
        foreach (HistogramSpan span in spans)
        {
            Index += span.Offset + (int)span.Length;
        }
    }

    /// <summary>Position in the array of counts.</summary>
    public int Position { get; private set; }

    /// <summary>Index within the schema.</summary>
    public int Index { get; private set; }

    public bool MoveNext()
    {
        while (_left == 0)
        {
            if (_span == 0)
            {
                return false;
            }

            if (_span < _spans.Length)
            {
                Index -= _spans[_span].Offset;
            }

            _left = _spans[--_span].Length;
        }

        Index--;
        _left--;
        Position--;
        return true;
    }
}

/// <summary>
/// Walks the buckets of one side of an exponential histogram as they would be in a coarser schema and with a wider zero bucket: buckets that coincide there
/// are one, and those that end within the zero bucket are left out.
/// </summary>
internal ref struct CoarseBucketCursor
{
    private readonly ReadOnlySpan<double> _counts;
    private readonly int _schema;
    private readonly int _shift;
    private readonly double _zeroThreshold;
    private BucketCursor _cursor;
    private bool _pending;
    private bool _beyondZero;

    public CoarseBucketCursor(BucketSide side, int fromSchema, int toSchema, double zeroThreshold)
    {
        _counts = side.Counts;
        _cursor = new BucketCursor(side.Spans);
        _schema = toSchema;
        _shift = fromSchema - toSchema;
        _zeroThreshold = zeroThreshold;
        _beyondZero = zeroThreshold == 0 || toSchema == NativeHistogram.CustomBucketsSchema;
        _pending = _cursor.MoveNext();
    }

    public int Index { get; private set; }

    public double Count { get; private set; }

    public bool MoveNext()
    {
        while (_pending)
        {
            Index = Coarsen(_cursor.Index);
            Count = 0;
            do
            {
                Count += _counts[_cursor.Position];
                _pending = _cursor.MoveNext();
            }
            while (_pending && _shift > 0 && Coarsen(_cursor.Index) == Index);

            if (_beyondZero || !(HistogramBounds.UpperBound(Index, _schema) <= _zeroThreshold))
            {
                _beyondZero = true;
                return true;
            }
        }

        return false;
    }

    private readonly int Coarsen(int index) => _shift == 0 ? index : BucketBounds.Coarsen(index, _shift);
}
