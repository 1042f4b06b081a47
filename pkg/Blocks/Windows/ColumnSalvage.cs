using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>
/// Copies what is left of a damaged block of windows: a series with all of its columns or not at all. What a lost column said would be taken for what the others
/// imply, and answers would be wrong rather than missing.
/// </summary>
/// <param name="writer">Gets the columns.</param>
/// <param name="storedSeries">Columns of the damaged block, all series together.</param>
internal sealed class ColumnSalvage(BlockWriter writer, long storedSeries)
{
    private readonly List<(byte[] Labels, SampleBuffer Samples)> _columns = []; // of the series at hand
    private readonly Stack<SampleBuffer> _spare = new();
    private readonly ByteBuffer _series = new(); // labels of the series at hand
    private int _expected; // the stored series that comes next when none is lost
    private bool _isWhole;

    /// <summary>Takes the stored series that a cursor is at.</summary>
    /// <returns>Samples written: those of the series before, once it has come to its end.</returns>
    public long Add(BlockCursor cursor)
    {
        ReadOnlySpan<byte> labels = cursor.Labels.Bytes.Span;
        _ = WindowFormat.ColumnOf(labels, out int seriesLength);
        bool follows = cursor.Number == _expected;
        long written = 0;
        if (_columns.Count == 0 || !labels[..seriesLength].SequenceEqual(_series.Written))
        {
            written = End(follows);
            _series.Clear();
            _series.Add(labels[..seriesLength]);
            _isWhole = true;
        }

        // What is lost before a stored series may have belonged to the series on either side.
        _isWhole &= follows && cursor.IsWhole;
        SampleBuffer samples = _spare.TryPop(out SampleBuffer? spare) ? spare : new SampleBuffer();
        samples.Clear();
        samples.Add(cursor.Samples);
        _columns.Add((labels.ToArray(), samples));
        _expected = cursor.Number + 1;
        return written;
    }

    /// <summary>Ends the last series.</summary>
    /// <returns>Samples written.</returns>
    public long End() => End(_expected == storedSeries);

    private long End(bool nothingLostBehind)
    {
        long written = 0;
        foreach ((byte[] labels, SampleBuffer samples) in _columns)
        {
            if (_isWhole && nothingLostBehind)
            {
                writer.AddSeries(labels, samples);
                written += samples.Count + samples.HistogramCount;
            }

            _spare.Push(samples);
        }

        _columns.Clear();
        return written;
    }
}
