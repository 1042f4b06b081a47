using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Model.Samples;

/// <summary>Field numbers of the histogram message, the same in remote write 1.0 and 2.0 and remote read, and readers of what repeats in it.</summary>
internal static class HistogramFields
{
    public const int CountInt = 1;
    public const int CountFloat = 2;
    public const int Sum = 3;
    public const int Schema = 4;
    public const int ZeroThreshold = 5;
    public const int ZeroCountInt = 6;
    public const int ZeroCountFloat = 7;
    public const int NegativeSpans = 8;
    public const int NegativeDeltas = 9;
    public const int NegativeCounts = 10;
    public const int PositiveSpans = 11;
    public const int PositiveDeltas = 12;
    public const int PositiveCounts = 13;
    public const int ResetHint = 14;
    public const int Timestamp = 15;
    public const int CustomValues = 16;
    public const int StartTimestamp = 17;

    /// <summary>A sint32; bits above the 32nd do not count, as protocol buffers say.</summary>
    public static int UnZigZag32(ulong raw) => (int)((uint)raw >> 1) ^ -(int)(raw & 1);

    public static ulong ZigZag32(int value) => (uint)((value << 1) ^ (value >> 31));

    /// <summary>Reads a bucket span message to its end.</summary>
    public static bool TryReadSpan(ref ProtoReader reader, out HistogramSpan span)
    {
        int offset = 0;
        uint length = 0;
        span = default;
        while (reader.HasMore)
        {
            if (!reader.TryReadTag(out uint tag))
            {
                return false;
            }

            if (tag >> 3 is not (1 or 2))
            {
                if (!reader.TrySkip(tag))
                {
                    return false;
                }

                continue;
            }

            if ((WireType)(tag & 7) != WireType.Varint || !reader.TryReadVarint(out ulong value))
            {
                return false;
            }

            if (tag >> 3 == 1)
            {
                offset = UnZigZag32(value);
            }
            else
            {
                length = (uint)value;
            }
        }

        span = new HistogramSpan(offset, length);
        return true;
    }
}

/// <summary>Reads the elements of one repeated field of a message that was found well formed, across its pieces.</summary>
internal ref struct HistogramFieldReader
{
    private readonly int _field;
    private ProtoReader _message;
    private ProtoReader _packed;

    public HistogramFieldReader(ReadOnlySpan<byte> message, int field, Stretch stretch)
    {
        _field = field;
        _message = new ProtoReader(message, stretch.Start, stretch.End);
    }

    /// <summary>The next element of a packed or unpacked varint field.</summary>
    public bool TryNextVarint(out ulong value)
    {
        value = 0;
        while (!_packed.HasMore)
        {
            if (!TryFindPiece(out WireType type))
            {
                return false;
            }

            if (type == WireType.Varint)
            {
                return _message.TryReadVarint(out value);
            }

            if (!_message.TryReadMessage(out _packed))
            {
                return false;
            }
        }

        return _packed.TryReadVarint(out value);
    }

    /// <summary>The next element of a packed or unpacked double field, as bits.</summary>
    public bool TryNextDouble(out long bits)
    {
        bits = 0;
        while (!_packed.HasMore)
        {
            if (!TryFindPiece(out WireType type))
            {
                return false;
            }

            if (type == WireType.Fixed64)
            {
                return _message.TryReadFixed64(out bits);
            }

            if (!_message.TryReadMessage(out _packed))
            {
                return false;
            }
        }

        return _packed.TryReadFixed64(out bits);
    }

    /// <summary>The next bucket span.</summary>
    public bool TryNextSpan(out HistogramSpan span)
    {
        span = default;
        return TryFindPiece(out _) && _message.TryReadMessage(out ProtoReader message) && HistogramFields.TryReadSpan(ref message, out span);
    }

    private bool TryFindPiece(out WireType type)
    {
        while (_message.HasMore && _message.TryReadTag(out uint tag))
        {
            if (tag >> 3 == (uint)_field)
            {
                type = (WireType)(tag & 7);
                return true;
            }

            if (!_message.TrySkip(tag))
            {
                break;
            }
        }

        type = default;
        return false;
    }
}
