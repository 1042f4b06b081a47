using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

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
