using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>Reads what <see cref="BitWriter"/> writes. Every method throws <see cref="InvalidDataException"/> when the bits end first.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    // Behind one, two, … ones and a zero; the last follows eight ones.
    private static ReadOnlySpan<byte> Widths => [3, 6, 9, 12, 18, 25, 56, 64];

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private long _position; // in bits

    /// <summary>Bits that are left, padding of the last byte included.</summary>
    public readonly long BitsLeft => (_bytes.Length * 8L) - _position;

    /// <summary>Reads one bit.</summary>
    public bool Bit()
    {
        if (BitsLeft < 1)
        {
            ThrowShort();
        }

        int bit = (_bytes[(int)(_position >> 3)] >> (7 - (int)(_position & 7))) & 1;
        _position++;
        return bit != 0;
    }

    /// <summary>Reads bits, the most significant first; 0 to 64.</summary>
    public ulong Bits(int count)
    {
        if (count > BitsLeft)
        {
            ThrowShort();
        }

        if (count == 0)
        {
            return 0;
        }

        int start = (int)(_position >> 3);
        int skip = (int)(_position & 7);
        _position += count;
        ulong first = Load(start);
        if (skip + count <= 64)
        {
            return first << skip >> (64 - count);
        }

        int rest = skip + count - 64; // in the ninth byte
        return (first << skip >> skip << rest) | (uint)(_bytes[start + 8] >> (8 - rest));
    }

    /// <summary>Reads bits as a number of two's complement whose greatest value is one above the usual.</summary>
    public long SignedBits(int count)
    {
        ulong value = Bits(count);
        return count < 64 && value > 1UL << (count - 1) ? (long)(value - (1UL << count)) : (long)value;
    }

    /// <summary>Reads a base-128 varint, byte by byte.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            ulong part = Bits(8);
            value |= shift < 64 ? (part & 0x7f) << shift : 0;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a varint is longer than ten bytes");
    }

    /// <summary>Reads a signed number of variable width.</summary>
    public long Signed()
    {
        int width = Step();
        return width == 0 ? 0 : SignedBits(width);
    }

    /// <summary>Reads a number of variable width that is not negative.</summary>
    public ulong Unsigned() => Bits(Step());

    /// <summary>Reads a float as its bits.</summary>
    public long Float() => (long)Bits(64);

    /// <summary>Number of ones before a zero, which is read too unless there are as many as asked for.</summary>
    public int Ones(int most)
    {
        int ones = 0;
        while (ones < most && Bit())
        {
            ones++;
        }

        return ones;
    }

    private int Step()
    {
        int ones = Ones(Widths.Length);
        return ones == 0 ? 0 : Widths[ones - 1];
    }

    private readonly ulong Load(int start)
    {
        if (start + sizeof(ulong) <= _bytes.Length)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(_bytes[start..]);
        }

        ulong value = 0;
        for (int i = 0; i < sizeof(ulong); i++)
        {
            value = (value << 8) | (start + i < _bytes.Length ? _bytes[start + i] : 0U);
        }

        return value;
    }

    [DoesNotReturn]
    private static void ThrowShort() => throw new InvalidDataException("the chunk ends within a sample");
}
