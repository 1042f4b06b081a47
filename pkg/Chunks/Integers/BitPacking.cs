using System.Buffers.Binary;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks.Integers;

/// <summary>Writes numbers of one width side by side, the first in the lowest bits of the first byte.</summary>
internal static class BitPacking
{
    /// <summary>Appends the lowest <paramref name="width"/> bits of each number less <paramref name="start"/>; the last byte is filled with zeros.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="start">Subtracted modulo 2^64.</param>
    /// <param name="width">0 to 57, or 64.</param>
    /// <param name="packed">Gets the bytes.</param>
    public static void Pack(ReadOnlySpan<long> values, long start, int width, ByteBuffer packed)
    {
        if (width == 0)
        {
            return;
        }

        int bytes = ((values.Length * width) + 7) >> 3;
        Span<byte> destination = packed.Reserve(bytes + (2 * sizeof(ulong)));
        ulong mask = ulong.MaxValue >> (64 - width);
        ulong pending = 0;
        int filled = 0;
        int at = 0;
        foreach (long value in values)
        {
            ulong bits = unchecked((ulong)(value - start)) & mask;
            pending |= bits << filled;
            filled += width;
            if (filled >= 64)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(destination[at..], pending);
                at += sizeof(ulong);
                filled -= 64;
                pending = filled == 0 ? 0 : bits >> (width - filled);
            }
        }

        BinaryPrimitives.WriteUInt64LittleEndian(destination[at..], pending);
        packed.Advance(bytes);
    }
}
