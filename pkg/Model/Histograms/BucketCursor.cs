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
