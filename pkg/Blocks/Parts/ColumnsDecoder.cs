using RemoteStore.Chunks;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>Decodes <see cref="BlockEncoding.Columns"/>.</summary>
internal sealed class ColumnsDecoder : IBlockDecoder
{
    private readonly SectionScratch _scratch = new();
    private readonly KeyColumn _keys = new();
    private readonly HistogramChunkDecoder _histograms = new();
    private readonly ByteBuffer _payloads = new();
    private int[] _lengths = [];

    public void Decode(in BlockHeader header, ReadOnlySpan<byte> columns, RowBlock rows)
    {
        bool startTimestamps = (header.Flags & BlockFlags.StartTimestamps) != 0;
        rows.Prepare(header.Rows, header.Kind, startTimestamps);
        var sections = new SectionReader(columns, _scratch);
        _keys.Decode(sections.Next(4L * Varint.MaxLength * (header.Rows + 1)), header, rows);
        ReadOnlySpan<byte> headers = sections.Next(PartFormat.MaxBodyBytes);
        ReadOnlySpan<byte> packed = sections.NextPadded(PartFormat.MaxBodyBytes);
        if (header.Kind == BlockKind.Histograms)
        {
            _payloads.Clear();
        }

        DecodeChunks(new ChunkHeaderReader(headers), packed, header.Kind, rows);
        if (header.Kind == BlockKind.Histograms)
        {
            if (rows.Payloads.Length < _payloads.Length)
            {
                rows.Payloads = GC.AllocateUninitializedArray<byte>(_payloads.Length + (_payloads.Length / 4));
            }

            _payloads.Written.CopyTo(rows.Payloads);
        }

        if (startTimestamps)
        {
            ReadOnlySpan<byte> starts = sections.Next(2L * Varint.MaxLength * header.Rows);
            RepeatColumn.Decode(starts, rows.StartTimestamps.AsSpan(0, header.Rows), "start timestamp");
        }

        sections.Finish();
    }

    public void Dispose() => _scratch.Dispose();

    private void DecodeChunks(ChunkHeaderReader headers, ReadOnlySpan<byte> packed, BlockKind kind, RowBlock rows)
    {
        int position = 0;
        int end = packed.Length - SectionReader.Padding;
        for (int run = 0; run < rows.Runs; run++)
        {
            for (int start = rows.RunStarts[run]; start < rows.RunStarts[run + 1];)
            {
                int count = Math.Min(rows.RunStarts[run + 1] - start, ChunkLimits.MaxSamples);
                ulong length = headers.ReadVarint();
                if (length > (ulong)(end - position))
                {
                    Malformed.Throw("a chunk is longer than its section");
                }

                if (kind == BlockKind.Floats)
                {
                    ValueChunkDecoder.Decode(ref headers, packed[position..], (int)length, count, rows.ValueBits.AsSpan(start));
                }
                else
                {
                    DecodeHistograms(ref headers, packed[position..], (int)length, start, count, rows);
                }

                position += (int)length;
                start += count;
            }
        }

        if (position != end || headers.Remaining != 0)
        {
            Malformed.Throw("bytes are left behind the last chunk");
        }
    }

    private void DecodeHistograms(ref ChunkHeaderReader headers, ReadOnlySpan<byte> packed, int length, int start, int count, RowBlock rows)
    {
        if (_lengths.Length < count)
        {
            _lengths = new int[Math.Max(count, 256)];
        }

        Span<int> lengths = _lengths.AsSpan(0, count);
        int position = _payloads.Length;
        _histograms.Decode(ref headers, packed, length, count, _payloads, lengths);
        for (int i = 0; i < count; i++)
        {
            position += lengths[i];
            rows.PayloadStarts[start + i + 1] = position;
        }

        if (position != _payloads.Length)
        {
            Malformed.Throw("histogram payloads do not fit their lengths");
        }
    }
}
