using RemoteStore.Blocks.Parts;
using RemoteStore.Chunks;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>A page of timestamp columns, its header decoded, its columns not. Immutable.</summary>
internal sealed class ColumnPage
{
    private readonly byte[] _header;
    private readonly byte[] _packed;
    private readonly int[] _counts;
    private readonly int[] _headerStarts; // and one more
    private readonly int[] _packedStarts; // and one more

    private ColumnPage(PageEntry entry, byte[] header, byte[] packed, int[] counts, int[] headerStarts, int[] packedStarts)
    {
        Entry = entry;
        _header = header;
        _packed = packed;
        _counts = counts;
        _headerStarts = headerStarts;
        _packedStarts = packedStarts;
    }

    /// <summary>What the directory says of the page.</summary>
    public PageEntry Entry { get; }

    /// <summary>Bytes in memory.</summary>
    public long SizeBytes => _header.Length + _packed.Length + (12L * _counts.Length) + 200;

    /// <summary>Decodes a column.</summary>
    /// <exception cref="InvalidDataException">It is broken.</exception>
    public long[] Decode(int column)
    {
        int i = column - Entry.First;
        long[] times = new long[_counts[i] + ChunkLimits.DestinationPadding];
        var header = new ChunkHeaderReader(_header.AsSpan(_headerStarts[i].._headerStarts[i + 1]));
        TimestampChunkDecoder.Decode(ref header, _packed.AsSpan(_packedStarts[i]), _packedStarts[i + 1] - _packedStarts[i], _counts[i], times);
        if (header.Remaining != 0)
        {
            Malformed.Throw("bytes are left behind a column");
        }

        times = times[.._counts[i]];
        CheckAscending(times);
        return times;
    }

    /// <summary>Throws unless the times ascend strictly.</summary>
    /// <exception cref="InvalidDataException">They do not.</exception>
    public static void CheckAscending(ReadOnlySpan<long> times)
    {
        for (int i = 1; i < times.Length; i++)
        {
            if (times[i] <= times[i - 1])
            {
                Malformed.Throw("timestamps do not ascend");
            }
        }
    }

    /// <exception cref="InvalidDataException">The header is not such a header.</exception>
    public static ColumnPage Parse(PageEntry entry, byte[] header, byte[] packed)
    {
        var cursor = new SectionCursor(header);
        int count = entry.Last - entry.First + 1;
        if (count > header.Length)
        {
            Malformed.Throw($"{count} columns do not fit the page");
        }

        int packedLength = packed.Length - ChunkLimits.SourcePadding;
        int[] counts = new int[count];
        int[] headerStarts = new int[count + 1];
        int[] packedStarts = new int[count + 1];
        for (int i = 0; i < count; i++)
        {
            counts[i] = cursor.ReadCount(ChunkLimits.MaxSamples);
        }

        for (int i = 0; i < count; i++)
        {
            headerStarts[i + 1] = headerStarts[i] + cursor.ReadCount(header.Length - headerStarts[i]);
        }

        for (int i = 0; i < count; i++)
        {
            packedStarts[i + 1] = packedStarts[i] + cursor.ReadCount(packedLength - packedStarts[i]);
        }

        if (headerStarts[count] != cursor.Remaining || packedStarts[count] != packedLength)
        {
            Malformed.Throw("the columns do not fill their page");
        }

        for (int i = 0; i <= count; i++)
        {
            headerStarts[i] += cursor.Position;
        }

        return new ColumnPage(entry, header, packed, counts, headerStarts, packedStarts);
    }
}
