using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Model.Samples;

/// <summary>
/// A histogram message of remote write 1.0 or 2.0 (or our own payload, which is the same message in canonical form), read in place: scalars by value,
/// repeated fields as the stretch of the message that holds them. Fields may come in any order and repeated ones in pieces, packed or not.
/// </summary>
internal ref struct HistogramMessage
{
    private readonly ReadOnlySpan<byte> _message;

    private HistogramMessage(ReadOnlySpan<byte> message) => _message = message;

    public bool IsFloat { get; private set; }

    public ulong CountInt { get; private set; }

    public long CountFloatBits { get; private set; }

    public long SumBits { get; private set; }

    public int Schema { get; private set; }

    public long ZeroThresholdBits { get; private set; }

    public ulong ZeroCountInt { get; private set; }

    public long ZeroCountFloatBits { get; private set; }

    public byte ResetHint { get; private set; }

    public long TimestampMs { get; private set; }

    public long StartTimestampMs { get; private set; }

    public Stretch NegativeSpans { get; private set; }

    public Stretch NegativeDeltas { get; private set; }

    public Stretch NegativeCounts { get; private set; }

    public Stretch PositiveSpans { get; private set; }

    public Stretch PositiveDeltas { get; private set; }

    public Stretch PositiveCounts { get; private set; }

    public Stretch CustomValues { get; private set; }

    public readonly HistogramFieldReader Read(int field, Stretch stretch) => new(_message, field, stretch);

    /// <summary>Reads a whole message and checks that all of it is well formed. Unknown fields are passed over, known ones of a wrong wire type are not.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out HistogramMessage histogram)
    {
        var read = new HistogramMessage(message);
        var reader = new ProtoReader(message);
        bool ok = true;
        while (ok && reader.HasMore)
        {
            int start = reader.Position;
            ok = reader.TryReadTag(out uint tag) && read.TryReadField(ref reader, tag, start);
        }

        histogram = read;
        return ok;
    }

    private bool TryReadField(ref ProtoReader reader, uint tag, int start)
    {
        int field = (int)(tag >> 3);
        var type = (WireType)(tag & 7);
        switch (field)
        {
            case HistogramFields.NegativeSpans or HistogramFields.PositiveSpans:
                return type == WireType.LengthDelimited && TryReadSpan(ref reader, field, start);
            case HistogramFields.NegativeDeltas or HistogramFields.PositiveDeltas:
                return TryReadVarints(ref reader, field, type, start);
            case HistogramFields.NegativeCounts or HistogramFields.PositiveCounts or HistogramFields.CustomValues:
                return TryReadDoubles(ref reader, field, type, start);
            case HistogramFields.CountFloat or HistogramFields.Sum or HistogramFields.ZeroThreshold or HistogramFields.ZeroCountFloat:
                return type == WireType.Fixed64 && TryReadDouble(ref reader, field);
            case HistogramFields.CountInt or HistogramFields.Schema or HistogramFields.ZeroCountInt or HistogramFields.ResetHint
                or HistogramFields.Timestamp or HistogramFields.StartTimestamp:
                return type == WireType.Varint && TryReadInteger(ref reader, field);
            default:
                return reader.TrySkip(tag);
        }
    }

    private bool TryReadInteger(ref ProtoReader reader, int field)
    {
        if (!reader.TryReadVarint(out ulong value))
        {
            return false;
        }

        switch (field)
        {
            case HistogramFields.CountInt:
                CountInt = value;
                IsFloat = false;
                break;
            case HistogramFields.Schema:
                Schema = HistogramFields.UnZigZag32(value);
                break;
            case HistogramFields.ZeroCountInt:
                ZeroCountInt = value;
                break;
            case HistogramFields.ResetHint:
                ResetHint = value <= (ulong)CounterResetHint.Gauge ? (byte)value : (byte)0;
                break;
            case HistogramFields.Timestamp:
                TimestampMs = (long)value;
                break;
            default:
                StartTimestampMs = (long)value;
                break;
        }

        return true;
    }

    private bool TryReadDouble(ref ProtoReader reader, int field)
    {
        if (!reader.TryReadFixed64(out long bits))
        {
            return false;
        }

        switch (field)
        {
            case HistogramFields.CountFloat:
                CountFloatBits = bits;
                IsFloat = true;
                break;
            case HistogramFields.Sum:
                SumBits = bits;
                break;
            case HistogramFields.ZeroThreshold:
                ZeroThresholdBits = bits;
                break;
            default:
                ZeroCountFloatBits = bits;
                break;
        }

        return true;
    }

    private bool TryReadSpan(ref ProtoReader reader, int field, int start)
    {
        if (!reader.TryReadMessage(out ProtoReader span) || !HistogramFields.TryReadSpan(ref span, out _))
        {
            return false;
        }

        Extend(field, start, reader.Position, 1);
        return true;
    }

    private bool TryReadVarints(ref ProtoReader reader, int field, WireType type, int start)
    {
        int count = 1;
        if (type == WireType.LengthDelimited)
        {
            if (!reader.TryReadMessage(out ProtoReader packed))
            {
                return false;
            }

            for (count = 0; packed.HasMore; count++)
            {
                if (!packed.TryReadVarint(out _))
                {
                    return false;
                }
            }
        }
        else if (type != WireType.Varint || !reader.TryReadVarint(out _))
        {
            return false;
        }

        Extend(field, start, reader.Position, count);
        return true;
    }

    private bool TryReadDoubles(ref ProtoReader reader, int field, WireType type, int start)
    {
        int count = 1;
        if (type == WireType.LengthDelimited)
        {
            if (!reader.TryReadBytes(out ReadOnlySpan<byte> packed) || packed.Length % sizeof(double) != 0)
            {
                return false;
            }

            count = packed.Length / sizeof(double);
        }
        else if (type != WireType.Fixed64 || !reader.TryReadFixed64(out _))
        {
            return false;
        }

        Extend(field, start, reader.Position, count);
        return true;
    }

    private void Extend(int field, int start, int end, int count)
    {
        switch (field)
        {
            case HistogramFields.NegativeSpans:
                NegativeSpans = NegativeSpans.With(start, end, count);
                break;
            case HistogramFields.NegativeDeltas:
                NegativeDeltas = NegativeDeltas.With(start, end, count);
                break;
            case HistogramFields.NegativeCounts:
                NegativeCounts = NegativeCounts.With(start, end, count);
                break;
            case HistogramFields.PositiveSpans:
                PositiveSpans = PositiveSpans.With(start, end, count);
                break;
            case HistogramFields.PositiveDeltas:
                PositiveDeltas = PositiveDeltas.With(start, end, count);
                break;
            case HistogramFields.PositiveCounts:
                PositiveCounts = PositiveCounts.With(start, end, count);
                break;
            default:
                CustomValues = CustomValues.With(start, end, count);
                break;
        }
    }
}

/// <summary>The part of a message, from its first to its last piece, that holds a repeated field; other fields may lie between the pieces.</summary>
/// <param name="Start">Offset of the tag of the first piece.</param>
/// <param name="End">Offset behind the last piece; 0 when the field does not occur.</param>
/// <param name="Count">Elements in all pieces.</param>
internal readonly record struct Stretch(int Start, int End, int Count)
{
    public Stretch With(int start, int end, int count) => End == 0 ? new(start, end, count) : new(Start, end, Count + count);
}
