using RemoteStore.Blocks.Parts;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Where frames of one kind lie in the index file; they follow each other.</summary>
internal sealed class FrameTable(long start, int count)
{
    private readonly long[] _offsets = new long[count + 1];
    private readonly int[] _raw = new int[count];

    /// <summary>Frames.</summary>
    public int Count => count;

    /// <summary>One past the last byte of the last frame.</summary>
    public long End => count == 0 ? start : _offsets[count];

    /// <summary>Bytes of the table in memory.</summary>
    public long SizeBytes => 12L * count;

    /// <summary>Where a frame begins.</summary>
    public long Offset(int frame) => _offsets[frame];

    /// <summary>Its bytes in the file, checksum included.</summary>
    public int Length(int frame) => (int)(_offsets[frame + 1] - _offsets[frame]);

    /// <summary>Its stored bytes without the checksum.</summary>
    public int Stored(int frame) => Length(frame) - BlockFormat.HashLength;

    /// <summary>Its bytes before compression.</summary>
    public int Raw(int frame) => _raw[frame];

    /// <summary>Reads the lengths of the next frame.</summary>
    public void ReadEntry(int frame, ref SectionCursor cursor)
    {
        int stored = cursor.ReadCount(BlockFormat.MaxRawBytes);
        _raw[frame] = stored + cursor.ReadCount(BlockFormat.MaxRawBytes - stored);
        _offsets[frame] = frame == 0 ? start : _offsets[frame];
        _offsets[frame + 1] = _offsets[frame] + stored + BlockFormat.HashLength;
    }
}

/// <summary>A directory of pages: its frames, and what each of them spans.</summary>
internal sealed class PageTable(int pages, FrameTable frames)
{
    /// <summary>Pages.</summary>
    public int Pages => pages;

    /// <summary>Frames of page entries.</summary>
    public FrameTable Frames => frames;

    /// <summary>First series or column of the first page of each frame.</summary>
    public int[] First { get; } = new int[frames.Count];

    /// <summary>Where the first page of each frame begins in the chunks file; one more for the end of the last.</summary>
    public long[] PageOffsets { get; } = new long[frames.Count + 1];

    /// <summary>One past the last byte of the last page.</summary>
    public long PagesEnd => PageOffsets[^1];

    /// <summary>Bytes in memory.</summary>
    public long SizeBytes => frames.SizeBytes + (12L * frames.Count);

    /// <summary>Pages that a frame describes.</summary>
    public int PagesOf(int frame) => Math.Min(BlockFormat.PagesPerFrame, pages - (frame * BlockFormat.PagesPerFrame));

    /// <summary>First frame that may have a page with the number: the last one that begins below it, or the first.</summary>
    public int FrameOf(int number)
    {
        int low = 0;
        int high = First.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = First[middle] < number ? (middle + 1, high) : (low, middle);
        }

        return Math.Max(0, low - 1);
    }
}

/// <summary>The directory of an index file: label names, and where every frame lies. Immutable.</summary>
internal sealed class IndexDirectory
{
    private readonly byte[][] _names;
    private readonly int[] _firstPairs; // one more than names: the number of pairs
    private readonly byte[][] _separators; // per frame of pairs
    private readonly int[] _firstPairOfPostings; // per frame of postings, and one more

    private IndexDirectory(byte[][] names, int[] firstPairs, byte[][] separators, int[] firstPairOfPostings)
    {
        _names = names;
        _firstPairs = firstPairs;
        _separators = separators;
        _firstPairOfPostings = firstPairOfPostings;
    }

    /// <summary>The footers that locate it.</summary>
    public required BlockFooters Footers { get; init; }

    /// <summary>Number of label names.</summary>
    public int NameCount => _names.Length;

    /// <summary>Frames of label pairs.</summary>
    public required FrameTable Pairs { get; init; }

    /// <summary>Frames of series.</summary>
    public required FrameTable Series { get; init; }

    /// <summary>Frames of postings.</summary>
    public required FrameTable Postings { get; init; }

    /// <summary>Pages of samples.</summary>
    public required PageTable SamplePages { get; init; }

    /// <summary>Pages of columns.</summary>
    public required PageTable ColumnPages { get; init; }

    /// <summary>Bytes in memory.</summary>
    public long SizeBytes =>
        Pairs.SizeBytes + Series.SizeBytes + Postings.SizeBytes + SamplePages.SizeBytes + ColumnPages.SizeBytes
        + _names.Sum(static name => name.Length + 36L) + _separators.Sum(static text => text.Length + 32L) + (4L * _firstPairOfPostings.Length);

    /// <summary>Text of a name.</summary>
    public ReadOnlySpan<byte> Name(int name) => _names[name];

    /// <summary>The name's first pair, the one without a value.</summary>
    public int FirstPair(int name) => _firstPairs[name];

    /// <summary>One past the name's last pair.</summary>
    public int EndPair(int name) => _firstPairs[name + 1];

    /// <summary>Finds a name; negative when there is no such label.</summary>
    public int FindName(ReadOnlySpan<byte> text)
    {
        int low = 0;
        int high = _names.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _names[middle].AsSpan().SequenceCompareTo(text);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>Name of a pair.</summary>
    public int NameOfPair(int pair)
    {
        int found = Array.BinarySearch(_firstPairs, pair);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The only frame of pairs that may have the value of the name.</summary>
    public int FrameOfValue(int name, ReadOnlySpan<byte> value)
    {
        // Frames behind the first one with pairs of the name begin with values of the name, so their separators compare with the value.
        int low = FirstPair(name) / BlockFormat.PairsPerFrame;
        int high = (EndPair(name) - 1) / BlockFormat.PairsPerFrame;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            (low, high) = _separators[middle].AsSpan().SequenceCompareTo(value) <= 0 ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>Frame of postings that has a pair's list, and the list's place in it.</summary>
    public (int Frame, int List) FindPostings(int pair)
    {
        int found = Array.BinarySearch(_firstPairOfPostings, pair);
        int frame = found >= 0 ? found : ~found - 1;
        return (frame, pair - _firstPairOfPostings[frame]);
    }

    /// <summary>Lists of a frame of postings.</summary>
    public int ListsOf(int frame) => _firstPairOfPostings[frame + 1] - _firstPairOfPostings[frame];

    /// <summary>Reads a directory.</summary>
    /// <exception cref="InvalidDataException">It is not one, or its frames and pages do not fill the files.</exception>
    public static IndexDirectory Parse(ReadOnlySpan<byte> bytes, BlockFooters footers)
    {
        var cursor = new SectionCursor(bytes);
        byte[][] names = ReadNames(ref cursor, footers.Pairs, out int[] firstPairs);
        int pairFrames = FramesOf(footers.Pairs, BlockFormat.PairsPerFrame, cursor);
        var pairs = new FrameTable(0, pairFrames);
        byte[][] separators = new byte[pairFrames][];
        for (int i = 0; i < pairFrames; i++)
        {
            separators[i] = cursor.ReadBytes(cursor.ReadCount(cursor.Remaining)).ToArray();
            pairs.ReadEntry(i, ref cursor);
        }

        var series = new FrameTable(pairs.End, FramesOf(footers.Series, BlockFormat.SeriesPerFrame, cursor));
        for (int i = 0; i < series.Count; i++)
        {
            series.ReadEntry(i, ref cursor);
        }

        var postings = new FrameTable(series.End, cursor.ReadCount(cursor.Remaining / 3));
        int[] firstOfPostings = new int[postings.Count + 1];
        for (int i = 0; i < postings.Count; i++)
        {
            firstOfPostings[i + 1] = firstOfPostings[i] + cursor.ReadCount(footers.Pairs - firstOfPostings[i]);
            postings.ReadEntry(i, ref cursor);
        }

        PageTable samplePages = ReadPages(ref cursor, postings.End, footers.SamplePages, 0, footers.SamplePagesLength ?? footers.PagesLength);
        PageTable columnPages = ReadPages(ref cursor, samplePages.Frames.End, footers.ColumnPages, samplePages.PagesEnd, footers.PagesLength);
        cursor.Finish();
        if (samplePages.PagesEnd != (footers.SamplePagesLength ?? samplePages.PagesEnd) || columnPages.PagesEnd != footers.PagesLength)
        {
            Malformed.Throw("the pages do not fill the chunks file");
        }

        if (firstOfPostings[^1] != footers.Pairs || columnPages.Frames.End != footers.DirectoryOffset)
        {
            Malformed.Throw("the frames do not fill the index");
        }

        return new IndexDirectory(names, firstPairs, separators, firstOfPostings)
        {
            Footers = footers,
            Pairs = pairs,
            Series = series,
            Postings = postings,
            SamplePages = samplePages,
            ColumnPages = columnPages,
        };
    }

    private static byte[][] ReadNames(ref SectionCursor cursor, int pairs, out int[] firstPairs)
    {
        byte[][] names = new byte[cursor.ReadCount(cursor.Remaining / 3)][];
        firstPairs = new int[names.Length + 1];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = cursor.ReadBytes(cursor.ReadCount(cursor.Remaining)).ToArray();
            int count = cursor.ReadCount(pairs - firstPairs[i]);
            firstPairs[i + 1] = firstPairs[i] + count;
            if (count < 2 || (i > 0 && names[i].AsSpan().SequenceCompareTo(names[i - 1]) <= 0))
            {
                Malformed.Throw("label names are not in order or have no values");
            }
        }

        if (firstPairs[^1] != pairs)
        {
            Malformed.Throw("the label names do not have all pairs");
        }

        return names;
    }

    private static int FramesOf(int items, int perFrame, in SectionCursor cursor)
    {
        int frames = (int)(((long)items + perFrame - 1) / perFrame);
        if (frames > cursor.Remaining / 2)
        {
            Malformed.Throw($"{frames} frames do not fit the directory");
        }

        return frames;
    }

    private static PageTable ReadPages(ref SectionCursor cursor, long start, int? expectedPages, long pagesStart, long pagesEnd)
    {
        int pages = cursor.ReadCount(expectedPages ?? int.MaxValue);
        int frames = FramesOf(pages, BlockFormat.PagesPerFrame, cursor);
        var table = new PageTable(pages, new FrameTable(start, frames));
        table.PageOffsets[0] = pagesStart;
        for (int i = 0; i < frames; i++)
        {
            table.First[i] = (i == 0 ? 0 : table.First[i - 1]) + cursor.ReadCount(int.MaxValue - (i == 0 ? 0 : table.First[i - 1]));
            ulong bytes = cursor.ReadVarint();
            if (bytes > (ulong)(pagesEnd - table.PageOffsets[i]))
            {
                Malformed.Throw("pages reach past the end of the chunks file");
            }

            table.PageOffsets[i + 1] = table.PageOffsets[i] + (long)bytes;
            table.Frames.ReadEntry(i, ref cursor);
        }

        if (pages != (expectedPages ?? pages))
        {
            Malformed.Throw("the footer tells of another number of pages");
        }

        return table;
    }
}
