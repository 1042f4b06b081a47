using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RemoteStore.Primitives.Encoding;

/// <summary>
/// Reads the protocol buffer wire format over a span, field by field, without building messages. Every method answers false for bytes that are not well
/// formed (truncated, overlong varint, impossible length); <see cref="Position"/> then tells about where.
/// </summary>
public ref struct ProtoReader
{
    private readonly ReadOnlySpan<byte> _source;
    private int _position;

    /// <summary>Reads all of <paramref name="source"/>.</summary>
    public ProtoReader(ReadOnlySpan<byte> source)
        : this(source, 0, source.Length)
    {
    }

    /// <summary>Reads [<paramref name="start"/>, <paramref name="end"/>) of <paramref name="source"/>; positions stay those of the whole span.</summary>
    public ProtoReader(ReadOnlySpan<byte> source, int start, int end)
    {
        _source = source[..end];
        _position = start;
    }

    /// <summary>Where the next read begins, as an index into the span given at creation.</summary>
    public readonly int Position => _position;

    /// <summary>True while bytes remain.</summary>
    public readonly bool HasMore => _position < _source.Length;

    /// <summary>Tag of a field: number and wire type.</summary>
    public static uint Tag(int field, WireType type) => ((uint)field << 3) | (uint)type;

    /// <summary>Reads the tag of the next field. Field number 0 is malformed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadTag(out uint tag)
    {
        bool ok = Varint.TryRead(_source, ref _position, out ulong raw);
        tag = (uint)raw;
        return ok && raw is >= 8 and <= uint.MaxValue;
    }

    /// <summary>Reads a varint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadVarint(out ulong value) => Varint.TryRead(_source, ref _position, out value);

    /// <summary>Reads eight bytes, little-endian: a fixed64, sfixed64 or the bits of a double.</summary>
    public bool TryReadFixed64(out long bits)
    {
        if (_source.Length - _position < sizeof(long))
        {
            bits = 0;
            return false;
        }

        bits = BinaryPrimitives.ReadInt64LittleEndian(_source[_position..]);
        _position += sizeof(long);
        return true;
    }

    /// <summary>Reads the length of a length-delimited field that lies whole in the rest; the position is then at its first byte.</summary>
    public bool TryReadLength(out int length)
    {
        bool ok = Varint.TryRead(_source, ref _position, out ulong raw) && raw <= (ulong)(_source.Length - _position);
        length = ok ? (int)raw : 0;
        return ok;
    }

    /// <summary>Moves over bytes whose length <see cref="TryReadLength"/> gave.</summary>
    public void Advance(int length) => _position += length;

    /// <summary>Reads a length-delimited field.</summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> bytes)
    {
        bool ok = TryReadLength(out int length);
        bytes = _source.Slice(ok ? _position : 0, length);
        _position += length;
        return ok;
    }

    /// <summary>Reads the length of a nested message and hands out a reader for it; this one moves behind it.</summary>
    public bool TryReadMessage(out ProtoReader message)
    {
        if (!TryReadLength(out int length))
        {
            message = default;
            return false;
        }

        message = new ProtoReader(_source, _position, _position + length);
        _position += length;
        return true;
    }

    /// <summary>Skips the value of a field whose tag was just read; groups are skipped whole.</summary>
    public bool TrySkip(uint tag)
    {
        int depth = 0;
        while (true)
        {
            switch ((WireType)(tag & 7))
            {
                case WireType.Varint:
                    if (!TryReadVarint(out _))
                    {
                        return false;
                    }

                    break;
                case WireType.Fixed64:
                    if (!TryAdvance(8))
                    {
                        return false;
                    }

                    break;
                case WireType.LengthDelimited:
                    if (!TryReadLength(out int length) || !TryAdvance(length))
                    {
                        return false;
                    }

                    break;
                case WireType.StartGroup:
                    depth++;
                    break;
                case WireType.EndGroup:
                    if (--depth < 0)
                    {
                        return false;
                    }

                    break;
                case WireType.Fixed32:
                    if (!TryAdvance(4))
                    {
                        return false;
                    }

                    break;
                default:
                    return false;
            }

            if (depth == 0)
            {
                return true;
            }

            if (!TryReadTag(out tag))
            {
                return false;
            }
        }
    }

    private bool TryAdvance(int length)
    {
        if (_source.Length - _position < length)
        {
            return false;
        }

        _position += length;
        return true;
    }
}

/// <summary>Wire type of a protocol buffer field.</summary>
public enum WireType : byte
{
    /// <summary>int32, int64, uint32, uint64, sint32, sint64, bool, enum.</summary>
    Varint = 0,

    /// <summary>fixed64, sfixed64, double.</summary>
    Fixed64 = 1,

    /// <summary>string, bytes, message, packed repeated field.</summary>
    LengthDelimited = 2,

    /// <summary>Begin of a group (deprecated).</summary>
    StartGroup = 3,

    /// <summary>End of a group (deprecated).</summary>
    EndGroup = 4,

    /// <summary>fixed32, sfixed32, float.</summary>
    Fixed32 = 5,
}
