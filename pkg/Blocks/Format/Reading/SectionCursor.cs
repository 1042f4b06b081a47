using RemoteStore.Blocks.Parts;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Reads numbers and bytes of a decompressed section; whatever does not fit throws <see cref="InvalidDataException"/>.</summary>
internal ref struct SectionCursor(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>Bytes read.</summary>
    public readonly int Position => _position;

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    /// <summary>Reads a varint.</summary>
    public ulong ReadVarint()
    {
        if (!Varint.TryRead(_bytes, ref _position, out ulong value))
        {
            Malformed.Throw("the section ends early");
        }

        return value;
    }

    /// <summary>Reads a zigzag varint.</summary>
    public long ReadSigned() => Varint.UnZigZag(ReadVarint());

    /// <summary>Reads a varint of at most <paramref name="most"/>.</summary>
    public int ReadCount(int most)
    {
        ulong value = ReadVarint();
        if (value > (ulong)most)
        {
            Malformed.Throw($"a count of {value} is above {most}");
        }

        return (int)value;
    }

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => ReadBytes(1)[0];

    /// <summary>Reads bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            Malformed.Throw("the section ends early");
        }

        _position += count;
        return _bytes.Slice(_position - count, count);
    }

    /// <summary>Throws when bytes are left.</summary>
    public readonly void Finish()
    {
        if (Remaining != 0)
        {
            Malformed.Throw($"{Remaining} bytes are left behind the end of the section");
        }
    }
}
