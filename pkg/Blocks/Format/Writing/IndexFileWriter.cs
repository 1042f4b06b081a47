using System.Buffers.Binary;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>
/// Writes the index file frame by frame: pairs, postings, series, page directories, then the directory of all these and the footer. Layout:
/// docs/block.md, "index".
/// </summary>
internal sealed class IndexFileWriter(BlockOutput output, UnitWriter units, BlockSeal seal, BlockRange range)
{
    private const int PostingsFrameBytes = 16 << 10;

    private readonly ByteBuffer _directory = new();
    private readonly ByteBuffer _first = new();
    private readonly ByteBuffer _second = new();
    private readonly ByteBuffer _third = new();
    private readonly ByteBuffer _raw = new();
    private readonly List<int> _previous = [];
    private readonly ByteBuffer _seriesDirectory = new();
    private int _seriesInFrame;
    private int _series;

    /// <summary>Writes the pairs and begins the directory.</summary>
    public void WritePairs(PairTable pairs)
    {
        _directory.AddVarint((ulong)pairs.Names.Count);
        for (int i = 0; i < pairs.Names.Count; i++)
        {
            int end = i + 1 < pairs.Names.Count ? pairs.Names[i + 1].FirstPair : pairs.Values.Count;
            _directory.AddVarint((ulong)pairs.Names[i].Name.Length);
            _directory.Add(pairs.Names[i].Name.Span);
            _directory.AddVarint((ulong)(end - pairs.Names[i].FirstPair));
        }

        for (int first = 0; first < pairs.Values.Count; first += BlockFormat.PairsPerFrame)
        {
            WritePairFrame(pairs, first, Math.Min(first + BlockFormat.PairsPerFrame, pairs.Values.Count));
        }
    }

    /// <summary>Adds the next series in label order: its pair numbers, ascending.</summary>
    public void AddSeries(List<int> pairs)
    {
        // Neighbours share most labels: what they share at both ends is counted, the rest is told relative to the neighbour's label at that place.
        int most = Math.Min(_previous.Count, pairs.Count);
        int prefix = 0;
        while (prefix < most && _previous[prefix] == pairs[prefix])
        {
            prefix++;
        }

        int suffix = 0;
        while (suffix < most - prefix && _previous[^(suffix + 1)] == pairs[^(suffix + 1)])
        {
            suffix++;
        }

        _first.AddVarint((ulong)prefix);
        _second.AddVarint((ulong)suffix);
        _second.AddVarint((ulong)(pairs.Count - prefix - suffix));
        for (int i = prefix; i < pairs.Count - suffix; i++)
        {
            int near = i < _previous.Count ? _previous[i] : 0;
            _third.AddVarint(Varint.ZigZag(pairs[i] - near));
        }

        _previous.Clear();
        _previous.AddRange(pairs);
        _series++;
        if (++_seriesInFrame == BlockFormat.SeriesPerFrame)
        {
            WriteSeriesFrame();
        }
    }

    /// <summary>Writes what is left of the series.</summary>
    public void FinishSeries()
    {
        if (_seriesInFrame > 0)
        {
            WriteSeriesFrame();
        }

        _directory.Add(_seriesDirectory.Written); // how many frames there are follows from the number of series
    }

    /// <summary>Writes the postings.</summary>
    public void WritePostings(PostingsBuilder postings)
    {
        var lengths = new ByteBuffer();
        var lists = new ByteBuffer();
        var entries = new ByteBuffer();
        int inFrame = 0;
        int frames = 0;
        postings.Build((_, list) =>
        {
            if (inFrame > 0 && lists.Length + list.Length > PostingsFrameBytes)
            {
                Flush();
            }

            lengths.AddVarint((ulong)list.Length);
            lists.Add(list.Written);
            inFrame++;
        });
        if (inFrame > 0)
        {
            Flush();
        }

        _directory.AddVarint((ulong)frames);
        _directory.Add(entries.Written);

        void Flush()
        {
            _raw.Clear();
            _raw.Add(lengths.Written);
            _raw.Add(lists.Written);
            entries.AddVarint((ulong)inFrame);
            WriteFrame(BlockSection.Postings, entries);
            lengths.Clear();
            lists.Clear();
            inFrame = 0;
            frames++;
        }
    }

    /// <summary>Writes a directory of pages.</summary>
    public void WritePages(BlockSection kind, List<PageEntry> pages)
    {
        _directory.AddVarint((ulong)pages.Count);
        for (int first = 0; first < pages.Count; first += BlockFormat.PagesPerFrame)
        {
            int end = Math.Min(first + BlockFormat.PagesPerFrame, pages.Count);
            _raw.Clear();
            for (int field = 0; field < 7; field++)
            {
                for (int i = first; i < end; i++)
                {
                    _raw.AddVarint(Field(pages, first, i, field));
                }
            }

            _directory.AddVarint((ulong)(pages[first].First - (first == 0 ? 0 : pages[first - BlockFormat.PagesPerFrame].First)));
            _directory.AddVarint((ulong)(pages[end - 1].End - pages[first].Offset));
            WriteFrame(kind, _directory);
        }
    }

    /// <summary>Writes directory and footer.</summary>
    public void Finish(int pairs, long chunksLength)
    {
        long offset = output.Position;
        int stored = units.Write(output, BlockFile.Index, BlockSection.Directory, _directory.Written, []);
        Span<byte> footer = stackalloc byte[BlockFormat.FooterLength];
        footer.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(footer, BlockFormat.IndexMagic);
        seal.Id.WriteTo(footer[8..]);
        BinaryPrimitives.WriteUInt16LittleEndian(footer[24..], BlockFormat.Version);
        footer[26] = (byte)BlockFile.Index;
        BinaryPrimitives.WriteInt32LittleEndian(footer[32..], _series);
        BinaryPrimitives.WriteInt32LittleEndian(footer[36..], pairs);
        BinaryPrimitives.WriteInt64LittleEndian(footer[40..], offset);
        BinaryPrimitives.WriteInt32LittleEndian(footer[48..], stored);
        BinaryPrimitives.WriteInt32LittleEndian(footer[52..], _directory.Length);
        BinaryPrimitives.WriteInt64LittleEndian(footer[56..], range.Start);
        BinaryPrimitives.WriteInt64LittleEndian(footer[64..], range.End);
        BinaryPrimitives.WriteInt64LittleEndian(footer[72..], chunksLength);
        BinaryPrimitives.WriteUInt64LittleEndian(
            footer[^BlockFormat.HashLength..],
            seal.Hash(BlockFile.Index, BlockSection.Footer, output.Position, footer[..^BlockFormat.HashLength]));
        output.Write(footer);
    }

    private ulong Field(List<PageEntry> pages, int first, int i, int field)
    {
        PageEntry page = pages[i];
        return field switch
        {
            0 => (ulong)page.HeaderStored,
            1 => (ulong)(page.HeaderRaw - page.HeaderStored),
            2 => (ulong)page.PackedLength,
            3 => i == first ? 0 : (ulong)(page.First - pages[i - 1].First),
            4 => (ulong)(page.Last - page.First),
            5 => unchecked((ulong)(page.MinTime - range.Start)),
            _ => unchecked((ulong)(page.MaxTime - page.MinTime)),
        };
    }

    private void WritePairFrame(PairTable pairs, int first, int end)
    {
        Clear();
        ReadOnlySpan<byte> previous = [];
        for (int pair = first; pair < end; pair++)
        {
            ReadOnlySpan<byte> value = pairs.Values[pair].Span;
            int shared = value.CommonPrefixLength(previous);
            _first.AddVarint((ulong)shared);
            _second.AddVarint((ulong)(value.Length - shared));
            _third.Add(value[shared..]);
            previous = value;
        }

        // The separator: the shortest text above the last value of the frame before and not above the first of this one.
        ReadOnlySpan<byte> head = pairs.Values[first].Span;
        ReadOnlySpan<byte> last = first == 0 ? [] : pairs.Values[first - 1].Span;
        ReadOnlySpan<byte> separator = head.IsEmpty ? [] : head[..(head.CommonPrefixLength(last) + 1)];
        _directory.AddVarint((ulong)separator.Length);
        _directory.Add(separator);
        Join();
        WriteFrame(BlockSection.Pairs, _directory);
        Clear();
    }

    private void WriteSeriesFrame()
    {
        Join();
        WriteFrame(BlockSection.Series, _seriesDirectory);
        Clear();
        _previous.Clear();
        _seriesInFrame = 0;
    }

    private void WriteFrame(BlockSection kind, ByteBuffer entries)
    {
        int stored = units.Write(output, BlockFile.Index, kind, _raw.Written, []);
        entries.AddVarint((ulong)stored);
        entries.AddVarint((ulong)(_raw.Length - stored));
    }

    private void Clear()
    {
        _first.Clear();
        _second.Clear();
        _third.Clear();
    }

    private void Join()
    {
        _raw.Clear();
        _raw.Add(_first.Written);
        _raw.Add(_second.Written);
        _raw.Add(_third.Written);
    }
}
