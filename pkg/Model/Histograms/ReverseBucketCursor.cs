using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

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
