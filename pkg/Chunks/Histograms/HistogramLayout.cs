using System.Buffers.Binary;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks.Histograms;

/// <summary>
/// What does not change from one histogram of a series to the next (kind, schema, zero threshold, spans, custom bounds), and how its payload is put together from that
/// and the numbers that do change. Two payloads of equal layout have equal <see cref="Signature"/> bytes, which are also what the header of a chunk holds.
/// </summary>
/// <remarks>Numbers of one histogram stand in a row of cells: reset hint, sum, zero count, count, negative buckets, positive buckets.</remarks>
internal sealed class HistogramLayout
{
    public const byte FloatFlag = 1;
    public const byte OpaqueFlag = 0x80;

    public const int HintCell = 0;
    public const int SumCell = 1;
    public const int ZeroCountCell = 2;
    public const int CountCell = 3;
    public const int FirstBucketCell = 4;

    /// <summary>Most cells of a row; payloads with more are stored as they are.</summary>
    public const int MaxCells = ChunkLimits.MaxHistogramCells / ChunkLimits.MaxSamples;

    private readonly ByteBuffer _negativeSpans = new();
    private readonly ByteBuffer _positiveSpans = new();
    private readonly ByteBuffer _bounds = new();
    private int _negativeSpanCount;
    private int _positiveSpanCount;
    private int _schema;
    private long _zeroThreshold;

    /// <summary>The bytes that stand for it in a header.</summary>
    public ByteBuffer Signature { get; } = new();

    /// <summary>True for bytes that are kept as they are.</summary>
    public bool IsOpaque { get; private set; }

    /// <summary>True when counts are bits of floats.</summary>
    public bool IsFloat { get; private set; }

    public int NegativeBuckets { get; private set; }

    public int PositiveBuckets { get; private set; }

    /// <summary>Cells of a row.</summary>
    public int Cells => FirstBucketCell + NegativeBuckets + PositiveBuckets;

    /// <summary>Upper bound of the length of a payload.</summary>
    public int MaxPayloadBytes => 128 + _negativeSpans.Length + (2 * _negativeSpanCount) + _positiveSpans.Length + (2 * _positiveSpanCount) + _bounds.Length
        + ((NegativeBuckets + PositiveBuckets) * Varint.MaxLength);

    /// <summary>True when the numbers of a cell are bits of floats.</summary>
    public bool IsValueColumn(int cell) => cell == SumCell || (IsFloat && cell != HintCell);

    /// <summary>Becomes a copy.</summary>
    public void CopyFrom(HistogramLayout other)
    {
        Clear();
        IsOpaque = other.IsOpaque;
        IsFloat = other.IsFloat;
        NegativeBuckets = other.NegativeBuckets;
        PositiveBuckets = other.PositiveBuckets;
        Signature.Add(other.Signature.Written);
    }

    /// <summary>Becomes the layout of bytes that are kept as they are.</summary>
    public void SetOpaque()
    {
        Clear();
        IsOpaque = true;
        Signature.Add(OpaqueFlag);
    }

    /// <summary>Takes a payload apart; false when it is not of the canonical form, to the byte.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="cells">Gets the row of cells; <see cref="MaxCells"/> long.</param>
    public bool TryRead(ReadOnlySpan<byte> payload, Span<long> cells)
    {
        Clear();
        cells[..FirstBucketCell].Clear();
        var reader = new ProtoReader(payload);
        while (reader.HasMore)
        {
            if (!reader.TryReadTag(out uint tag) || !TryReadField(ref reader, tag, cells))
            {
                return false;
            }
        }

        if (!IsFloat)
        {
            CountsFromDeltas(cells);
        }

        WriteSignature();
        return true;
    }

    /// <summary>Reads what <see cref="Signature"/> holds.</summary>
    public void Read(ref ChunkHeaderReader header)
    {
        Clear();
        byte flags = header.ReadByte();
        if (flags == OpaqueFlag)
        {
            IsOpaque = true;
            return;
        }

        if ((flags & ~FloatFlag) != 0)
        {
            ChunkFault.Kind();
        }

        IsFloat = flags == FloatFlag;
        _schema = ReadInt32(ref header);
        _zeroThreshold = header.ReadFixed64();
        _negativeSpanCount = ReadSpans(ref header, _negativeSpans, HistogramFieldTags.NegativeSpans);
        NegativeBuckets = header.ReadCount(MaxCells - FirstBucketCell);
        _positiveSpanCount = ReadSpans(ref header, _positiveSpans, HistogramFieldTags.PositiveSpans);
        PositiveBuckets = header.ReadCount(MaxCells - FirstBucketCell - NegativeBuckets);
        _bounds.Add(header.ReadBytes(sizeof(long) * header.ReadCount(header.Remaining / sizeof(long))));
    }

    /// <summary>Puts a payload together.</summary>
    /// <param name="cells">A row.</param>
    /// <param name="destination">Room for <see cref="MaxPayloadBytes"/>.</param>
    /// <returns>Its length.</returns>
    public int WritePayload(ReadOnlySpan<long> cells, Span<byte> destination)
    {
        var writer = new ProtoWriter(destination);
        if (IsFloat)
        {
            writer.WriteFixed64(HistogramFieldTags.CountFloat, cells[CountCell]);
        }
        else
        {
            writer.WriteVarintUnlessZero(HistogramFieldTags.CountInt, (ulong)CountOf(cells));
        }

        writer.WriteFixed64UnlessZero(HistogramFieldTags.Sum, cells[SumCell]);
        writer.WriteVarintUnlessZero(HistogramFieldTags.Schema, ZigZag32(_schema));
        writer.WriteFixed64UnlessZero(HistogramFieldTags.ZeroThreshold, _zeroThreshold);
        if (IsFloat)
        {
            writer.WriteFixed64UnlessZero(HistogramFieldTags.ZeroCountFloat, cells[ZeroCountCell]);
        }
        else
        {
            writer.WriteVarintUnlessZero(HistogramFieldTags.ZeroCountInt, (ulong)cells[ZeroCountCell]);
        }

        WriteSide(ref writer, _negativeSpans.Written, cells.Slice(FirstBucketCell, NegativeBuckets), HistogramFieldTags.NegativeDeltas);
        WriteSide(ref writer, _positiveSpans.Written, cells.Slice(FirstBucketCell + NegativeBuckets, PositiveBuckets), HistogramFieldTags.PositiveDeltas);
        writer.WriteVarintUnlessZero(HistogramFieldTags.ResetHint, (ulong)cells[HintCell]);
        if (_bounds.Length > 0)
        {
            writer.WriteBytes(HistogramFieldTags.CustomValues, _bounds.Written);
        }

        return writer.Written;
    }

    private static ulong ZigZag32(int value) => (uint)((value << 1) ^ (value >> 31));

    private static int ReadInt32(ref ChunkHeaderReader header)
    {
        long value = header.ReadSigned();
        if (value != (int)value)
        {
            ChunkFault.Histogram();
        }

        return (int)value;
    }

    /// <summary>The count less what the buckets hold, which is 0 unless NaN was observed: a column of zeros instead of one more that grows.</summary>
    private static long CountOf(ReadOnlySpan<long> cells)
    {
        long count = unchecked(cells[CountCell] + cells[ZeroCountCell]);
        foreach (long bucket in cells[FirstBucketCell..])
        {
            count = unchecked(count + bucket);
        }

        return count;
    }

    private void Clear()
    {
        Signature.Clear();
        _negativeSpans.Clear();
        _positiveSpans.Clear();
        _bounds.Clear();
        _negativeSpanCount = 0;
        _positiveSpanCount = 0;
        _schema = 0;
        _zeroThreshold = 0;
        IsOpaque = false;
        IsFloat = false;
        NegativeBuckets = 0;
        PositiveBuckets = 0;
    }

    private bool TryReadField(ref ProtoReader reader, uint tag, Span<long> cells)
    {
        int field = (int)(tag >> 3);
        switch ((WireType)(tag & 7))
        {
            case WireType.Varint:
                return reader.TryReadVarint(out ulong value) && TrySetVarint(field, value, cells);
            case WireType.Fixed64:
                return reader.TryReadFixed64(out long bits) && TrySetFixed64(field, bits, cells);
            case WireType.LengthDelimited:
                return reader.TryReadBytes(out ReadOnlySpan<byte> bytes) && TrySetBytes(field, bytes, cells);
            default:
                return false;
        }
    }

    private bool TrySetVarint(int field, ulong value, Span<long> cells)
    {
        switch (field)
        {
            case HistogramFieldTags.CountInt:
                cells[CountCell] = (long)value;
                return true;
            case HistogramFieldTags.Schema:
                _schema = (int)((uint)value >> 1) ^ -(int)(value & 1);
                return true;
            case HistogramFieldTags.ZeroCountInt:
                cells[ZeroCountCell] = (long)value;
                return true;
            case HistogramFieldTags.ResetHint:
                cells[HintCell] = (long)value;
                return true;
            default:
                return false;
        }
    }

    private bool TrySetFixed64(int field, long bits, Span<long> cells)
    {
        switch (field)
        {
            case HistogramFieldTags.CountFloat:
                IsFloat = true;
                cells[CountCell] = bits;
                return true;
            case HistogramFieldTags.Sum:
                cells[SumCell] = bits;
                return true;
            case HistogramFieldTags.ZeroThreshold:
                _zeroThreshold = bits;
                return true;
            case HistogramFieldTags.ZeroCountFloat:
                cells[ZeroCountCell] = bits;
                return true;
            default:
                return false;
        }
    }

    private bool TrySetBytes(int field, ReadOnlySpan<byte> bytes, Span<long> cells)
    {
        switch (field)
        {
            case HistogramFieldTags.NegativeSpans:
                _negativeSpanCount++;
                return TryAddSpan(_negativeSpans, bytes, field);
            case HistogramFieldTags.PositiveSpans:
                _positiveSpanCount++;
                return TryAddSpan(_positiveSpans, bytes, field);
            case HistogramFieldTags.NegativeDeltas or HistogramFieldTags.NegativeCounts when NegativeBuckets + PositiveBuckets == 0:
                NegativeBuckets = ReadBuckets(bytes, field == HistogramFieldTags.NegativeCounts, cells[FirstBucketCell..]);
                return NegativeBuckets > 0;
            case HistogramFieldTags.PositiveDeltas or HistogramFieldTags.PositiveCounts when PositiveBuckets == 0:
                PositiveBuckets = ReadBuckets(bytes, field == HistogramFieldTags.PositiveCounts, cells[(FirstBucketCell + NegativeBuckets)..]);
                return PositiveBuckets > 0;
            case HistogramFieldTags.CustomValues:
                _bounds.Add(bytes);
                return bytes.Length % sizeof(long) == 0;
            default:
                return false;
        }
    }

    /// <summary>Keeps a span as its message: the bytes of the field, tag and length included.</summary>
    private static bool TryAddSpan(ByteBuffer spans, ReadOnlySpan<byte> message, int field)
    {
        if (message.Length > 16)
        {
            return false;
        }

        spans.AddVarint(ProtoReader.Tag(field, WireType.LengthDelimited));
        spans.AddVarint((ulong)message.Length);
        spans.Add(message);
        return true;
    }

    private static int ReadBuckets(ReadOnlySpan<byte> bytes, bool isFloat, Span<long> cells)
    {
        int count = 0;
        if (isFloat)
        {
            if (bytes.Length % sizeof(long) != 0 || bytes.Length / sizeof(long) > cells.Length)
            {
                return 0;
            }

            for (; count < bytes.Length / sizeof(long); count++)
            {
                cells[count] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(count * sizeof(long))..]);
            }

            return count;
        }

        for (int position = 0; position < bytes.Length; count++)
        {
            if (count == cells.Length || !Varint.TryReadSigned(bytes, ref position, out cells[count]))
            {
                return 0;
            }
        }

        return count;
    }

    /// <summary>Deltas between adjacent buckets become counts, which from sample to sample change less.</summary>
    private void CountsFromDeltas(Span<long> cells)
    {
        Accumulate(cells.Slice(FirstBucketCell, NegativeBuckets));
        Accumulate(cells.Slice(FirstBucketCell + NegativeBuckets, PositiveBuckets));
        long counted = cells[ZeroCountCell];
        foreach (long bucket in cells[FirstBucketCell..Cells])
        {
            counted = unchecked(counted + bucket);
        }

        cells[CountCell] = unchecked(cells[CountCell] - counted);
    }

    private static void Accumulate(Span<long> buckets)
    {
        for (int i = 1; i < buckets.Length; i++)
        {
            buckets[i] = unchecked(buckets[i] + buckets[i - 1]);
        }
    }

    private void WriteSignature()
    {
        Signature.Add(IsFloat ? FloatFlag : (byte)0);
        Signature.AddVarint(Varint.ZigZag(_schema));
        BinaryPrimitives.WriteInt64LittleEndian(Signature.Reserve(sizeof(long)), _zeroThreshold);
        Signature.Advance(sizeof(long));
        WriteSpans(_negativeSpans.Written, _negativeSpanCount, NegativeBuckets);
        WriteSpans(_positiveSpans.Written, _positiveSpanCount, PositiveBuckets);
        Signature.AddVarint((ulong)_bounds.Length / sizeof(long));
        Signature.Add(_bounds.Written);
    }

    private void WriteSpans(ReadOnlySpan<byte> fields, int count, int buckets)
    {
        // As length-prefixed messages, without the tag that is the same for all.
        Signature.AddVarint((ulong)count);
        while (!fields.IsEmpty)
        {
            int length = fields[1];
            Signature.Add(fields.Slice(1, 1 + length));
            fields = fields[(2 + length)..];
        }

        Signature.AddVarint((ulong)buckets);
    }

    private static int ReadSpans(ref ChunkHeaderReader header, ByteBuffer spans, int field)
    {
        int count = header.ReadCount(header.Remaining);
        for (int i = 0; i < count; i++)
        {
            int length = header.ReadCount(16);
            if (!TryAddSpan(spans, header.ReadBytes(length), field))
            {
                ChunkFault.Histogram();
            }
        }

        return count;
    }

    private void WriteSide(ref ProtoWriter writer, ReadOnlySpan<byte> spans, ReadOnlySpan<long> buckets, int deltaField)
    {
        writer.WriteRaw(spans);
        if (buckets.IsEmpty)
        {
            return;
        }

        if (IsFloat)
        {
            writer.WriteLength(deltaField + 1, buckets.Length * sizeof(long));
            foreach (long bits in buckets)
            {
                writer.WriteRawFixed64(bits);
            }

            return;
        }

        int length = 0;
        long before = 0;
        foreach (long bucket in buckets)
        {
            length += Varint.Length(Varint.ZigZag(unchecked(bucket - before)));
            before = bucket;
        }

        writer.WriteLength(deltaField, length);
        before = 0;
        foreach (long bucket in buckets)
        {
            writer.WriteRaw(Varint.ZigZag(unchecked(bucket - before)));
            before = bucket;
        }
    }
}
