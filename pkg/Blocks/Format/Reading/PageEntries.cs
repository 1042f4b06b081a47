using RemoteStore.Blocks.Parts;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Decodes a frame of a page directory.</summary>
internal static class PageEntries
{
    /// <summary>Bytes of an entry in memory.</summary>
    public const int EntryBytes = 56;

    /// <param name="bytes">The frame.</param>
    /// <param name="table">The directory it belongs to.</param>
    /// <param name="frame">Its number.</param>
    /// <param name="end">One past the greatest series or column number.</param>
    /// <param name="rangeStart">Start of the block's range.</param>
    /// <exception cref="InvalidDataException">The bytes are not such a frame.</exception>
    public static PageEntry[] Parse(ReadOnlySpan<byte> bytes, PageTable table, int frame, int end, long rangeStart)
    {
        var cursor = new SectionCursor(bytes);
        int count = table.PagesOf(frame);
        Span<long> fields = new long[7 * count];
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = i < 5 * count ? cursor.ReadCount(BlockFormat.MaxRawBytes) : unchecked((long)cursor.ReadVarint());
        }

        cursor.Finish();
        var pages = new PageEntry[count];
        long offset = table.PageOffsets[frame];
        long first = table.First[frame];
        for (int i = 0; i < count; i++)
        {
            first += fields[(3 * count) + i];
            long last = first + fields[(4 * count) + i];
            long minTime = unchecked(rangeStart + fields[(5 * count) + i]);
            long raw = fields[i] + fields[count + i];
            if (last >= end || raw > BlockFormat.MaxRawBytes)
            {
                Malformed.Throw("a page reaches past the last series");
            }

            pages[i] = new PageEntry(
                offset, (int)fields[i], (int)raw, (int)fields[(2 * count) + i], (int)first, (int)last, minTime,
                unchecked(minTime + fields[(6 * count) + i]));
            offset = pages[i].End;
        }

        if (offset != table.PageOffsets[frame + 1])
        {
            Malformed.Throw("the pages do not fill the chunks file");
        }

        return pages;
    }
}
