using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>
/// Writes the buckets of a sum in ascending order and cuts them into spans as the reference does when it adds one bucket of the other histogram after the
/// other: an added bucket lengthens the span that ends before it, else it joins the span that begins behind it, else it is a span of its own. Spans that
/// thereby touch stay apart until the histogram is compacted.
/// </summary>
internal ref struct BucketWriter
{
    private readonly Span<HistogramSpan> _spans;
    private readonly Span<double> _counts;
    private readonly Span<double> _compensations;
    private int _end;
    private bool _lone;

    /// <summary>Room for all spans and buckets; <paramref name="compensations"/> is empty or as long as <paramref name="counts"/>.</summary>
    public BucketWriter(Span<HistogramSpan> spans, Span<double> counts, Span<double> compensations)
    {
        _spans = spans;
        _counts = counts;
        _compensations = compensations;
    }

    public int SpanCount { get; private set; }

    public int Length { get; private set; }

    /// <summary>A bucket that the receiving histogram has.</summary>
    public void WriteOwn(int index, bool startsSpan, double count, double compensation)
    {
        bool apart = startsSpan && !_lone;
        _lone = false;
        Write(index, apart, count, compensation);
    }

    /// <summary>A bucket that only the other histogram has.</summary>
    public void WriteAdded(int index, double count, double compensation)
    {
        _lone = SpanCount == 0 || index != _end;
        Write(index, false, count, compensation);
    }

    private void Write(int index, bool apart, double count, double compensation)
    {
        if (SpanCount == 0 || index != _end || apart)
        {
            _spans[SpanCount++] = new HistogramSpan(unchecked(index - _end), 1);
        }
        else
        {
            ref HistogramSpan span = ref _spans[SpanCount - 1];
            span = span with { Length = span.Length + 1 };
        }

        _end = unchecked(index + 1);
        if (_compensations.Length > 0)
        {
            _compensations[Length] = compensation;
        }

        _counts[Length++] = count;
    }
}
