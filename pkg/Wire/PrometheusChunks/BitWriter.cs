using System.Numerics;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>Writes bits, the most significant first, with the variable-length numbers of Prometheus' chunks.</summary>
internal sealed class BitWriter
{
    // Widths of the payloads that follow one, two, … ones and a zero; the last follows eight ones.
    private static readonly int[] s_widths = [3, 6, 9, 12, 18, 25, 56, 64];

    private readonly ByteBuffer _bytes = new();
    private int _free; // unused bits of the last byte

    /// <summary>What was written, the last byte filled up with zeros.</summary>
    public ReadOnlySpan<byte> Written => _bytes.Written;

    /// <summary>Forgets everything, keeps the memory.</summary>
    public void Clear()
    {
        _bytes.Clear();
        _free = 0;
    }

    /// <summary>Changes two bytes at the start, most significant first.</summary>
    public void SetCount(int count)
    {
        _bytes.WrittenSpan[0] = (byte)(count >> 8);
        _bytes.WrittenSpan[1] = (byte)count;
    }

    /// <summary>Writes one bit.</summary>
    public void Bit(bool bit) => Bits(bit ? 1UL : 0, 1);

    /// <summary>Writes the lowest bits of a value.</summary>
    public void Bits(ulong value, int count)
    {
        while (count > 0)
        {
            if (_free == 0)
            {
                _bytes.Add(0);
                _free = 8;
            }

            int taken = Math.Min(count, _free);
            count -= taken;
            _free -= taken;
            ulong part = (value >> count) & ((1UL << taken) - 1);
            _bytes.WrittenSpan[^1] |= (byte)(part << _free);
        }
    }

    /// <summary>Writes a byte.</summary>
    public void Byte(byte value) => Bits(value, 8);

    /// <summary>Writes a float.</summary>
    public void Float(double value) => Bits((ulong)BitConverter.DoubleToInt64Bits(value), 64);

    /// <summary>Writes a base-128 varint, byte by byte.</summary>
    public void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    /// <summary>Writes a signed number in as few steps of width as it needs: 0 is one bit.</summary>
    public void Signed(long value)
    {
        if (value == 0)
        {
            Bit(false);
            return;
        }

        int step = 0;
        while (step < s_widths.Length - 1 && !FitsSigned(value, s_widths[step]))
        {
            step++;
        }

        Stepped((ulong)value, step);
    }

    /// <summary>Writes a number that is not negative in as few steps of width as it needs: 0 is one bit.</summary>
    public void Unsigned(ulong value)
    {
        if (value == 0)
        {
            Bit(false);
            return;
        }

        int step = 0;
        while (step < s_widths.Length - 1 && BitOperations.LeadingZeroCount(value) < 64 - s_widths[step])
        {
            step++;
        }

        Stepped(value, step);
    }

    /// <summary>True when the value lies between -(2^(n-1) - 1) and 2^(n-1).</summary>
    public static bool FitsSigned(long value, int bits) => value >= -((1L << (bits - 1)) - 1) && value <= 1L << (bits - 1);

    private void Stepped(ulong value, int step)
    {
        bool isLast = step == s_widths.Length - 1;
        int ones = step + 1;
        Bits(isLast ? 0xff : ((1UL << ones) - 1) << 1, isLast ? 8 : ones + 1);
        Bits(value, s_widths[step]);
    }
}
