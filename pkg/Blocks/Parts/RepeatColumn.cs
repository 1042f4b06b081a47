using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>Numbers that mostly repeat (start timestamps, exponents): pairs of (repeats - 1, zigzag difference to the number before, mod 2^64).</summary>
internal static class RepeatColumn
{
    public static void Encode(ReadOnlySpan<long> values, ByteBuffer destination)
    {
        long previous = 0;
        for (int i = 0; i < values.Length;)
        {
            long value = values[i];
            int end = values[i..].IndexOfAnyExcept(value);
            end = end < 0 ? values.Length : i + end;
            Span<byte> bytes = destination.Reserve(2 * Varint.MaxLength);
            int position = Varint.Write(bytes, (ulong)(end - i - 1));
            position += Varint.WriteSigned(bytes[position..], unchecked(value - previous));
            destination.Advance(position);
            previous = value;
            i = end;
        }
    }

    /// <summary>Fills all of <paramref name="values"/>.</summary>
    /// <exception cref="InvalidDataException">The column does not have exactly so many.</exception>
    public static void Decode(ReadOnlySpan<byte> source, Span<long> values, string column)
    {
        int position = 0;
        long value = 0;
        for (int i = 0; i < values.Length;)
        {
            ulong repeats = Malformed.ReadVarint(source, ref position, column);
            value = unchecked(value + Varint.UnZigZag(Malformed.ReadVarint(source, ref position, column)));
            if (repeats >= (ulong)(values.Length - i))
            {
                Malformed.Throw($"the {column} column is longer than the block");
            }

            values.Slice(i, (int)repeats + 1).Fill(value);
            i += (int)repeats + 1;
        }

        if (position != source.Length)
        {
            Malformed.Throw($"bytes are left behind the {column} column");
        }
    }
}
