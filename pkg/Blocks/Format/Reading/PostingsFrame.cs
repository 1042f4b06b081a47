using RemoteStore.Blocks.Format.Selection;
using RemoteStore.Blocks.Parts;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Lists of series numbers, as stored: decoded one by one when asked for. Immutable.</summary>
internal sealed class PostingsFrame
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly int _seriesCount;

    private PostingsFrame(byte[] bytes, int[] starts, int seriesCount)
    {
        _bytes = bytes;
        _starts = starts;
        _seriesCount = seriesCount;
    }

    /// <summary>Bytes in memory.</summary>
    public long SizeBytes => _bytes.Length + (4L * _starts.Length) + 80;

    /// <summary>Stored bytes of a list: a measure of the work to read it.</summary>
    public int Length(int list) => _starts[list + 1] - _starts[list];

    /// <summary>Reads a list.</summary>
    /// <exception cref="InvalidDataException">It is broken.</exception>
    public SeriesRuns Read(int list)
    {
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(_starts[list].._starts[list + 1]);
        var cursor = new SectionCursor(bytes);
        var runs = new SeriesRuns.Builder(bytes.Length / 2);
        int next = 0;
        while (cursor.Remaining > 0)
        {
            int start = next + cursor.ReadCount(_seriesCount - next);
            next = start + 1 + cursor.ReadCount(_seriesCount - start - 1);
            runs.Add(start, next);
        }

        return runs.Build();
    }

    /// <exception cref="InvalidDataException">The bytes are not such a frame.</exception>
    public static PostingsFrame Parse(byte[] bytes, int lists, int seriesCount)
    {
        var cursor = new SectionCursor(bytes);
        int[] starts = new int[lists + 1];
        for (int i = 0; i < lists; i++)
        {
            starts[i + 1] = starts[i] + cursor.ReadCount(bytes.Length - starts[i]);
        }

        if (starts[lists] != cursor.Remaining)
        {
            Malformed.Throw("the lists do not fill their frame");
        }

        for (int i = 0; i <= lists; i++)
        {
            starts[i] += cursor.Position;
        }

        return new PostingsFrame(bytes, starts, seriesCount);
    }
}
