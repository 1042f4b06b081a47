using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>A column of histograms, gone through beside that of the last ones.</summary>
internal ref struct HistogramColumnCursor(ColumnGroup group, int column)
{
    private readonly ReadOnlySpan<HistogramSample> _samples = group.Histograms(column);
    private int _next;

    /// <summary>The payload at a time; empty when there is none. Times are asked for in ascending order.</summary>
    public ReadOnlySpan<byte> Take(long timestampMs)
    {
        while (_next < _samples.Length && _samples[_next].TimestampMs < timestampMs)
        {
            _next++;
        }

        return _next < _samples.Length && _samples[_next].TimestampMs == timestampMs ? group.Payload(column, _samples[_next++]) : [];
    }

    /// <summary>The last payload not taken yet that lies before a time, if there is one.</summary>
    public bool TryTakeBefore(long timestampMs, out long atMs, out ReadOnlySpan<byte> payload)
    {
        int from = _next;
        while (_next < _samples.Length && _samples[_next].TimestampMs < timestampMs)
        {
            _next++;
        }

        atMs = _next > from ? _samples[_next - 1].TimestampMs : 0;
        payload = _next > from ? group.Payload(column, _samples[_next - 1]) : [];
        return _next > from;
    }
}
