using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Model.Labels;

/// <summary>Where a label's name and value lie in the raw bytes of a series; both may be empty.</summary>
internal readonly record struct RawLabel(int NameOffset, int NameLength, int ValueOffset, int ValueLength);

/// <summary>
/// Reads label fields as a sender wrote them, with the freedom protocol buffers allow: any varint length, fields in any order, repeated (the
/// last one counts), missing (empty) or unknown (skipped). Groups are refused: nothing has written them for a decade.
/// </summary>
internal ref struct RawLabelReader
{
    private const int LengthDelimited = 2;

    private readonly ReadOnlySpan<byte> _raw;
    private int _position;

    public RawLabelReader(ReadOnlySpan<byte> raw) => _raw = raw;

    /// <summary>The label read last.</summary>
    public RawLabel Current { get; private set; }

    /// <summary>True when reading ended because the bytes are not well formed.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads the next label; false at the end or at bytes that are not well formed.</summary>
    public bool MoveNext()
    {
        while (_position < _raw.Length)
        {
            if (!TryReadTag(_raw.Length, out ulong field, out int wireType))
            {
                return Fail();
            }

            if (field == 1)
            {
                return wireType == LengthDelimited && TryReadLength(_raw.Length, out int length) && TryReadLabel(_position + length) ? true : Fail();
            }

            if (!TrySkip(_raw.Length, wireType))
            {
                return Fail();
            }
        }

        return false;
    }

    private bool Fail()
    {
        IsMalformed = true;
        return false;
    }

    private bool TryReadLabel(int end)
    {
        int nameOffset = _position, nameLength = 0, valueOffset = _position, valueLength = 0;
        while (_position < end)
        {
            if (!TryReadTag(end, out ulong field, out int wireType))
            {
                return false;
            }

            if (field is not (1 or 2))
            {
                if (!TrySkip(end, wireType))
                {
                    return false;
                }

                continue;
            }

            if (wireType != LengthDelimited || !TryReadLength(end, out int length))
            {
                return false;
            }

            (nameOffset, nameLength) = field == 1 ? (_position, length) : (nameOffset, nameLength);
            (valueOffset, valueLength) = field == 2 ? (_position, length) : (valueOffset, valueLength);
            _position += length;
        }

        Current = new RawLabel(nameOffset, nameLength, valueOffset, valueLength);
        return true;
    }

    private bool TryReadTag(int end, out ulong field, out int wireType)
    {
        bool ok = Varint.TryRead(_raw[..end], ref _position, out ulong tag);
        field = tag >> 3;
        wireType = (int)(tag & 7);
        return ok && field is > 0 and < 1 << 29;
    }

    private bool TryReadLength(int end, out int length)
    {
        bool ok = Varint.TryRead(_raw[..end], ref _position, out ulong value) && value <= (ulong)(end - _position);
        length = ok ? (int)value : 0;
        return ok;
    }

    private bool TrySkip(int end, int wireType)
    {
        int length;
        switch (wireType)
        {
            case 0:
                return Varint.TryRead(_raw[..end], ref _position, out _);
            case 1:
                length = 8;
                break;
            case LengthDelimited:
                if (!TryReadLength(end, out length))
                {
                    return false;
                }

                break;
            case 5:
                length = 4;
                break;
            default:
                return false;
        }

        if (length > end - _position)
        {
            return false;
        }

        _position += length;
        return true;
    }
}
