using System.Buffers.Binary;
using System.Numerics;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// Values of a block: one nibble and 0 to 8 bytes each. Tags 0 to 7: so many bytes of the zigzag difference to the run's previous (scaled) integer. Tags 8
/// to 15: the changed bytes of the XOR with the run's previous bits. docs/part.md, "values".
/// </summary>
internal sealed class ValueColumn
{
    private static readonly byte[] s_lengths = [0, 1, 2, 3, 4, 5, 6, 7, 0, 4, 5, 6, 7, 8, 3, 5];

    private static readonly byte[] s_shifts = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 24];

    private static readonly ulong[] s_masks = Array.ConvertAll(s_lengths, static n => n == 8 ? ulong.MaxValue : (1UL << (8 * n)) - 1);

    private static readonly byte[] s_pairLengths = PairLengths();

    private long[] _exponents = [];

    /// <summary>Appends the values of the first <paramref name="runs"/> runs. An empty tag column means that <paramref name="data"/> holds plain bits.</summary>
    /// <param name="rows">The values.</param>
    /// <param name="runs">Runs to encode.</param>
    /// <param name="searchDecimals">Whether to look for decimal exponents: smaller, at some cost per run.</param>
    /// <param name="tags">A nibble per value, low first.</param>
    /// <param name="exponents">One per run, or empty when all are 0.</param>
    /// <param name="data">Bytes of the values.</param>
    public void Encode(RowBlock rows, int runs, bool searchDecimals, ByteBuffer tags, ByteBuffer exponents, ByteBuffer data)
    {
        int count = rows.RunStarts[runs];
        Span<byte> nibbles = tags.Reserve((count + 1) / 2)[..((count + 1) / 2)];
        nibbles.Clear();
        Span<byte> bytes = data.Reserve(count * 8 + SectionReader.Padding);
        EnsureExponents(runs);
        bool anyExponent = false;
        int position = 0;
        for (int r = 0; r < runs; r++)
        {
            int start = rows.RunStarts[r];
            ReadOnlySpan<long> run = rows.ValueBits.AsSpan(start, rows.RunStarts[r + 1] - start);
            int exponent = searchDecimals ? DecimalScale.Choose(run) : 0;
            _exponents[r] = exponent;
            anyExponent |= exponent != 0;
            position = EncodeRun(run, exponent, nibbles, start, bytes, position);
        }

        if (position + nibbles.Length >= count * 8)
        {
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes[(i * 8)..], rows.ValueBits[i]);
            }

            data.Advance(count * 8);
            return;
        }

        tags.Advance(nibbles.Length);
        data.Advance(position);
        if (anyExponent)
        {
            RepeatColumn.Encode(_exponents.AsSpan(0, runs), exponents);
        }
    }

    /// <summary>Fills the values of <paramref name="rows"/>, whose runs are decoded already.</summary>
    /// <param name="tags">Tag column.</param>
    /// <param name="exponents">Exponent column.</param>
    /// <param name="data">Data column followed by <see cref="SectionReader.Padding"/> bytes of no meaning.</param>
    /// <param name="rows">Destination.</param>
    /// <exception cref="InvalidDataException">A column does not fit the others.</exception>
    public void Decode(ReadOnlySpan<byte> tags, ReadOnlySpan<byte> exponents, ReadOnlySpan<byte> data, RowBlock rows)
    {
        int dataLength = data.Length - SectionReader.Padding;
        if (tags.IsEmpty)
        {
            DecodePlain(data[..dataLength], rows);
            return;
        }

        if (tags.Length != (rows.Rows + 1) / 2 || MeasureData(tags) != dataLength)
        {
            Malformed.Throw("the value columns do not fit each other");
        }

        EnsureExponents(rows.Runs);
        Span<long> scale = _exponents.AsSpan(0, rows.Runs);
        if (exponents.IsEmpty)
        {
            scale.Clear();
        }
        else
        {
            RepeatColumn.Decode(exponents, scale, "exponent");
        }

        int position = 0;
        for (int r = 0; r < scale.Length; r++)
        {
            if ((ulong)scale[r] > DecimalScale.MaxExponent)
            {
                Malformed.Throw("a decimal exponent is out of bounds");
            }

            int start = rows.RunStarts[r];
            Span<long> run = rows.ValueBits.AsSpan(start, rows.RunStarts[r + 1] - start);
            position = scale[r] == 0
                ? DecodeRun(tags, start, data, position, run)
                : DecodeScaledRun(tags, start, data, position, DecimalScale.Power((int)scale[r]), run);
        }
    }

    private static int EncodeRun(ReadOnlySpan<long> run, int exponent, Span<byte> nibbles, int row, Span<byte> bytes, int position)
    {
        double power = DecimalScale.Power(exponent);
        long lastMantissa = 0;
        long lastBits = 0;
        foreach (long bits in run)
        {
            ulong code;
            int tag;
            bool whole = exponent == 0 ? DecimalScale.TryInteger(bits, out long mantissa) : DecimalScale.TryScaled(bits, power, out mantissa);
            if (whole && (code = Varint.ZigZag(unchecked(mantissa - lastMantissa))) <= s_masks[7])
            {
                tag = (71 - BitOperations.LeadingZeroCount(code)) >> 3;
                lastMantissa = mantissa;
            }
            else
            {
                code = (ulong)(bits ^ lastBits);
                tag = ChooseXor(code);
                code >>= s_shifts[tag];
            }

            BinaryPrimitives.WriteUInt64LittleEndian(bytes[position..], code);
            position += s_lengths[tag];
            nibbles[row >> 1] |= (byte)(tag << ((row & 1) << 2));
            lastBits = bits;
            row++;
        }

        return position;
    }

    private static int ChooseXor(ulong code)
    {
        if (code == 0)
        {
            return 8;
        }

        int low = (71 - BitOperations.LeadingZeroCount(code)) >> 3; // bytes when leading zeros go
        int high = 8 - (BitOperations.TrailingZeroCount(code) >> 3); // bytes when trailing zeros go
        if (high <= 3)
        {
            return 14;
        }

        return low <= 4 ? 9 : high <= 5 ? 15 : low + 5;
    }

    private static int DecodeRun(ReadOnlySpan<byte> tags, int row, ReadOnlySpan<byte> data, int position, Span<long> run)
    {
        long mantissa = 0;
        long bits = 0;
        for (int i = 0; i < run.Length; i++, row++)
        {
            int tag = (tags[row >> 1] >> ((row & 1) << 2)) & 15;
            ulong code = BinaryPrimitives.ReadUInt64LittleEndian(data[position..]) & s_masks[tag];
            position += s_lengths[tag];
            if (tag < 8)
            {
                mantissa = unchecked(mantissa + Varint.UnZigZag(code));
                bits = BitConverter.DoubleToInt64Bits(mantissa);
            }
            else
            {
                bits ^= (long)(code << s_shifts[tag]);
            }

            run[i] = bits;
        }

        return position;
    }

    private static int DecodeScaledRun(ReadOnlySpan<byte> tags, int row, ReadOnlySpan<byte> data, int position, double power, Span<long> run)
    {
        long mantissa = 0;
        long bits = 0;
        for (int i = 0; i < run.Length; i++, row++)
        {
            int tag = (tags[row >> 1] >> ((row & 1) << 2)) & 15;
            ulong code = BinaryPrimitives.ReadUInt64LittleEndian(data[position..]) & s_masks[tag];
            position += s_lengths[tag];
            if (tag < 8)
            {
                mantissa = unchecked(mantissa + Varint.UnZigZag(code));
                bits = BitConverter.DoubleToInt64Bits(mantissa / power);
            }
            else
            {
                bits ^= (long)(code << s_shifts[tag]);
            }

            run[i] = bits;
        }

        return position;
    }

    private static void DecodePlain(ReadOnlySpan<byte> data, RowBlock rows)
    {
        if (data.Length != rows.Rows * 8)
        {
            Malformed.Throw("the value column is not as long as the block");
        }

        for (int i = 0; i < rows.Rows; i++)
        {
            rows.ValueBits[i] = BinaryPrimitives.ReadInt64LittleEndian(data[(i * 8)..]);
        }
    }

    private static int MeasureData(ReadOnlySpan<byte> tags)
    {
        int length = 0;
        foreach (byte pair in tags)
        {
            length += s_pairLengths[pair];
        }

        return length;
    }

    private static byte[] PairLengths()
    {
        byte[] lengths = new byte[256];
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = (byte)(s_lengths[i & 15] + s_lengths[i >> 4]);
        }

        return lengths;
    }

    private void EnsureExponents(int runs)
    {
        if (_exponents.Length < runs)
        {
            _exponents = new long[runs];
        }
    }
}
