using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>Encodes blocks as <see cref="BlockEncoding.Rows"/>: cheaply for flushed parts, smaller for merged ones.</summary>
internal sealed class RowsEncoder : IBlockEncoder
{
    private readonly bool _merged;
    private readonly SectionWriter _sections;
    private readonly KeyColumn _keys = new();
    private readonly ValueColumn _values = new();
    private readonly ByteBuffer _first = new();
    private readonly ByteBuffer _second = new();
    private readonly ByteBuffer _third = new();

    public RowsEncoder(bool merged)
    {
        _merged = merged;
        _sections = new SectionWriter(merged);
    }

    public BlockEncoding Encoding => BlockEncoding.Rows;

    public void Encode(RowBlock rows, int runs, BlockKind kind, long minTime, ByteBuffer body)
    {
        _first.Clear();
        _keys.Encode(rows, runs, minTime, _first);
        _sections.Write(body, _first.Written);
        if (kind == BlockKind.Floats)
        {
            EncodeValues(rows, runs, body);
        }
        else
        {
            EncodePayloads(rows, rows.RunStarts[runs], body);
        }

        if (rows.HasStartTimestamps)
        {
            _first.Clear();
            RepeatColumn.Encode(rows.StartTimestamps.AsSpan(0, rows.RunStarts[runs]), _first);
            _sections.Write(body, _first.Written);
        }
    }

    public void Dispose() => _sections.Dispose();

    private void EncodeValues(RowBlock rows, int runs, ByteBuffer body)
    {
        _first.Clear();
        _second.Clear();
        _third.Clear();
        _values.Encode(rows, runs, _merged, _first, _second, _third);
        _sections.Write(body, _first.Written);
        _sections.Write(body, _second.Written);
        _sections.Write(body, _third.Written);
    }

    private void EncodePayloads(RowBlock rows, int count, ByteBuffer body)
    {
        _first.Clear();
        Span<byte> lengths = _first.Reserve(count * Varint.MaxLength);
        int position = 0;
        for (int row = 0; row < count; row++)
        {
            position += Varint.Write(lengths[position..], (ulong)(rows.PayloadStarts[row + 1] - rows.PayloadStarts[row]));
        }

        _first.Advance(position);
        _sections.Write(body, _first.Written);
        _sections.Write(body, rows.Payloads.AsSpan(0, rows.PayloadStarts[count]));
    }
}
