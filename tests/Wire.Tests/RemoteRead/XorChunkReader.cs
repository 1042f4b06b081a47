namespace RemoteStore.Wire.Tests.RemoteRead;

/// <summary>Reads the chunks that tests write, bit by bit, by the description of the format.</summary>
internal sealed class XorChunkReader(byte[] chunk)
{
    private int _position;

    public int BitsLeft => (chunk.Length * 8) - _position;

    public ulong Bits(int count)
    {
        ulong value = 0;
        for (int i = 0; i < count; i++, _position++)
        {
            value = (value << 1) | (uint)((chunk[_position / 8] >> (7 - (_position % 8))) & 1);
        }

        return value;
    }

    public long SignedBits(int count)
    {
        ulong value = Bits(count);
        return count < 64 && value > 1UL << (count - 1) ? (long)(value - (1UL << count)) : (long)value;
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            ulong part = Bits(8);
            value |= (part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }

    /// <summary>Number of ones before a zero, at most eight.</summary>
    public int Ones()
    {
        int ones = 0;
        while (ones < 8 && Bits(1) == 1)
        {
            ones++;
        }

        return ones;
    }

    public long Signed()
    {
        int step = Ones();
        return step == 0 ? 0 : SignedBits(Width(step));
    }

    public ulong Unsigned()
    {
        int step = Ones();
        return step == 0 ? 0 : Bits(Width(step));
    }

    public List<(long Time, long Bits)> Floats()
    {
        int count = (int)Bits(16);
        var samples = new List<(long, long)>(count);
        long time = 0;
        long distance = 0;
        ulong value = 0;
        int leading = 0;
        int significant = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == 0)
            {
                ulong raw = Varint();
                time = (long)(raw >> 1) ^ -(long)(raw & 1);
                value = Bits(64);
                samples.Add((time, (long)value));
                continue;
            }

            distance = i == 1 ? (long)Varint() : distance + Change();
            time += distance;
            if (Bits(1) == 1)
            {
                if (Bits(1) == 1)
                {
                    leading = (int)Bits(5);
                    significant = (int)Bits(6);
                    significant = significant == 0 ? 64 : significant;
                }

                value ^= Bits(significant) << (64 - leading - significant);
            }

            samples.Add((time, (long)value));
        }

        return samples;
    }

    private long Change()
    {
        int ones = 0;
        while (ones < 4 && Bits(1) == 1)
        {
            ones++;
        }

        return ones switch { 0 => 0, 1 => SignedBits(14), 2 => SignedBits(17), 3 => SignedBits(20), _ => SignedBits(64) };
    }

    private static int Width(int step) => step switch { 1 => 3, 2 => 6, 3 => 9, 4 => 12, 5 => 18, 6 => 25, 7 => 56, _ => 64 };
}
