using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>Decodes <see cref="BlockEncoding.Rows"/>.</summary>
internal sealed class RowsDecoder : IBlockDecoder
{
    private readonly SectionScratch _scratch = new();
    private readonly KeyColumn _keys = new();
    private readonly ValueColumn _values = new();

    public void Decode(in BlockHeader header, ReadOnlySpan<byte> columns, RowBlock rows)
    {
        bool startTimestamps = (header.Flags & BlockFlags.StartTimestamps) != 0;
        rows.Prepare(header.Rows, header.Kind, startTimestamps);
        var sections = new SectionReader(columns, _scratch);

        // A row's key takes at most a head, a tuple length, a timestamp and a ref: four varints.
        _keys.Decode(sections.Next(4L * Varint.MaxLength * (header.Rows + 1)), header, rows);
        if (header.Kind == BlockKind.Floats)
        {
            ReadOnlySpan<byte> tags = sections.Next((header.Rows + 1) / 2);
            ReadOnlySpan<byte> exponents = sections.Next(2L * Varint.MaxLength * rows.Runs);
            _values.Decode(tags, exponents, sections.NextPadded(8L * header.Rows), rows);
        }
        else
        {
            ReadOnlySpan<byte> lengths = sections.Next((long)Varint.MaxLength * header.Rows);
            DecodePayloads(lengths, sections.Next(PartFormat.MaxBodyBytes), rows);
        }

        if (startTimestamps)
        {
            ReadOnlySpan<byte> starts = sections.Next(2L * Varint.MaxLength * header.Rows);
            RepeatColumn.Decode(starts, rows.StartTimestamps.AsSpan(0, header.Rows), "start timestamp");
        }

        sections.Finish();
    }

    public void Dispose() => _scratch.Dispose();

    private static void DecodePayloads(ReadOnlySpan<byte> lengths, ReadOnlySpan<byte> payloads, RowBlock rows)
    {
        int position = 0;
        long end = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            ulong length = Malformed.ReadVarint(lengths, ref position, "payload length");
            if (length > (ulong)(payloads.Length - end))
            {
                Malformed.Throw("payloads are longer than their section");
            }

            end += (long)length;
            rows.PayloadStarts[row + 1] = (int)end;
        }

        if (end != payloads.Length || position != lengths.Length)
        {
            Malformed.Throw("the payload columns do not fit each other");
        }

        if (rows.Payloads.Length < payloads.Length)
        {
            rows.Payloads = GC.AllocateUninitializedArray<byte>(payloads.Length + payloads.Length / 4);
        }

        payloads.CopyTo(rows.Payloads);
    }
}
