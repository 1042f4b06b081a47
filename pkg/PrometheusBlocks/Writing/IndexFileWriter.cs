using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RemoteStore.Primitives.Encoding;
using RemoteStore.PrometheusBlocks.Format;

namespace RemoteStore.PrometheusBlocks.Writing;

/// <summary>Lays out an index of version 2: texts, series, values per name, postings, and the tables that find them.</summary>
internal sealed class IndexFileWriter(FileOutput output)
{
    private readonly ByteBuffer _content = new();
    private readonly PostingsTable _postings = new();
    private readonly List<int> _ranks = [];
    private readonly List<(int Name, long Place)> _labelIndices = [];
    private readonly List<((int Name, int Value)? Pair, long Place)> _lists = [];

    /// <summary>Writes the whole index.</summary>
    /// <param name="symbols">All texts.</param>
    /// <param name="series">All series, in label order.</param>
    public void Write(SymbolTable symbols, SeriesSpool series)
    {
        output.Write(PrometheusFormat.IndexMagic);
        output.Write([PrometheusFormat.IndexVersion]);
        long symbolsPlace = output.Position;
        IReadOnlyList<byte[]> texts = symbols.Sort();
        WriteSymbols(texts);
        output.Align(PrometheusFormat.SeriesAlignment);
        long seriesPlace = output.Position;
        series.ReadAll((numbers, chunks) => WriteSeries(symbols, numbers, chunks));
        IReadOnlyList<(int Name, int Value)> pairs = _postings.SortedPairs();
        long labelIndicesPlace = output.Position;
        WriteLabelIndices(pairs);
        long postingsPlace = output.Position;
        WritePostings(pairs);
        long labelTablePlace = output.Position;
        WriteLabelTable(texts);
        long postingsTablePlace = output.Position;
        WritePostingsTable(texts);
        WriteToc(new(symbolsPlace, seriesPlace, labelIndicesPlace, labelTablePlace, postingsPlace, postingsTablePlace));
    }

    private void WriteSymbols(IReadOnlyList<byte[]> texts)
    {
        AddNumber((uint)texts.Count);
        foreach (byte[] text in texts)
        {
            AddText(text);
        }

        WriteSection();
    }

    private void WriteSeries(SymbolTable symbols, List<int> numbers, List<ChunkLocation> chunks)
    {
        output.Align(PrometheusFormat.SeriesAlignment);
        _ranks.Clear();
        _content.Clear();
        _content.AddVarint((ulong)(numbers.Count / 2));
        foreach (int number in numbers)
        {
            int rank = symbols.RankOf(number);
            _ranks.Add(rank);
            _content.AddVarint((ulong)rank);
        }

        _content.AddVarint((ulong)chunks.Count);
        for (int i = 0; i < chunks.Count; i++)
        {
            ChunkLocation chunk = chunks[i];
            _content.AddVarint(i == 0 ? Varint.ZigZag(chunk.MinTime) : (ulong)unchecked(chunk.MinTime - chunks[i - 1].MaxTime));
            _content.AddVarint((ulong)unchecked(chunk.MaxTime - chunk.MinTime));
            _content.AddVarint(i == 0 ? (ulong)chunk.Reference : Varint.ZigZag(chunk.Reference - chunks[i - 1].Reference));
        }

        _postings.Add(checked((uint)(output.Position / PrometheusFormat.SeriesAlignment)), _ranks);
        Span<byte> length = stackalloc byte[Varint.MaxLength];
        output.Write(length[..Varint.Write(length, (ulong)_content.Length)]);
        output.Write(_content.Written);
        output.Write(Crc32C.Compute(_content.Written));
    }

    /// <summary>Values per name. Readers of version 2 take them from the postings; the format has them all the same.</summary>
    private void WriteLabelIndices(IReadOnlyList<(int Name, int Value)> pairs)
    {
        for (int first = 0, end; first < pairs.Count; first = end)
        {
            for (end = first; end < pairs.Count && pairs[end].Name == pairs[first].Name; end++)
            {
            }

            output.Align(PrometheusFormat.SectionAlignment);
            _labelIndices.Add((pairs[first].Name, output.Position));
            AddNumber(1);
            AddNumber((uint)(end - first));
            for (int i = first; i < end; i++)
            {
                AddNumber((uint)pairs[i].Value);
            }

            WriteSection();
        }
    }

    private void WritePostings(IReadOnlyList<(int Name, int Value)> pairs)
    {
        WriteList(null, _postings.All);
        foreach ((int Name, int Value) pair in pairs)
        {
            WriteList(pair, _postings.Of(pair));
        }
    }

    private void WriteList((int Name, int Value)? pair, List<uint> references)
    {
        output.Align(PrometheusFormat.SectionAlignment);
        _lists.Add((pair, output.Position));
        AddNumber((uint)references.Count);
        foreach (uint reference in CollectionsMarshal.AsSpan(references))
        {
            AddNumber(reference);
        }

        WriteSection();
    }

    private void WriteLabelTable(IReadOnlyList<byte[]> texts)
    {
        AddNumber((uint)_labelIndices.Count);
        foreach ((int name, long place) in _labelIndices)
        {
            _content.AddVarint(1);
            AddText(texts[name]);
            _content.AddVarint((ulong)place);
        }

        WriteSection();
    }

    private void WritePostingsTable(IReadOnlyList<byte[]> texts)
    {
        AddNumber((uint)_lists.Count);
        foreach (((int Name, int Value)? pair, long place) in _lists)
        {
            _content.AddVarint(2);
            AddText(pair is null ? [] : texts[pair.Value.Name]);
            AddText(pair is null ? [] : texts[pair.Value.Value]);
            _content.AddVarint((ulong)place);
        }

        WriteSection();
    }

    private void WriteToc(IndexToc toc)
    {
        _content.Clear();
        foreach (long place in new[] { toc.Symbols, toc.Series, toc.LabelIndices, toc.LabelIndexTable, toc.Postings, toc.PostingsTable })
        {
            BinaryPrimitives.WriteInt64BigEndian(_content.Reserve(sizeof(long)), place);
            _content.Advance(sizeof(long));
        }

        output.Write(_content.Written);
        output.Write(Crc32C.Compute(_content.Written));
        _content.Clear();
    }

    private void AddText(ReadOnlySpan<byte> text)
    {
        _content.AddVarint((ulong)text.Length);
        _content.Add(text);
    }

    private void AddNumber(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_content.Reserve(sizeof(uint)), value);
        _content.Advance(sizeof(uint));
    }

    /// <summary>Writes what was collected with its length before and its checksum behind.</summary>
    private void WriteSection()
    {
        output.Write((uint)_content.Length);
        output.Write(_content.Written);
        output.Write(Crc32C.Compute(_content.Written));
        _content.Clear();
    }
}
