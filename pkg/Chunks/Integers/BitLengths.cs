using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RemoteStore.Chunks.Integers;

/// <summary>
/// How many bits each number of a run takes, one byte each, and how many numbers take so many. Bytes, because a register compares 32 or 64 of them at once: a table of counts
/// would be bound by the latency of adding to the same entry again and again.
/// </summary>
internal static class BitLengths
{
    /// <summary>Flag of numbers that are negative; their length is that of the complement.</summary>
    public const byte Negative = 0x80;

    /// <summary>Bytes behind a run of lengths that are filled so that whole registers can be compared.</summary>
    public const int Padding = 64;

    private const byte Filler = 0x7f; // equal to no length, and not negative

    /// <summary>Lengths of value - start: 0 to 63, with <see cref="Negative"/>.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="start">Subtracted modulo 2^64.</param>
    /// <param name="lengths">At least as long as <paramref name="values"/> and <see cref="Padding"/> more, which are filled.</param>
    public static void Measure(ReadOnlySpan<long> values, long start, Span<byte> lengths)
    {
        int i = 0;
        if (Avx512CD.IsSupported)
        {
            Vector512<long> starts = Vector512.Create(start);
            for (; i <= values.Length - 8; i += 8)
            {
                Vector512<long> offsets = Vector512.Create(values[i..]) - starts;
                Vector512<long> signs = Vector512.ShiftRightArithmetic(offsets, 63);
                Vector512<long> bits = Vector512.Create(64L) - Avx512CD.LeadingZeroCount(offsets ^ signs);
                Store(bits | (signs & Vector512.Create((long)Negative)), lengths[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            long offset = unchecked(values[i] - start);
            long sign = offset >> 63;
            lengths[i] = (byte)((64 - BitOperations.LeadingZeroCount((ulong)(offset ^ sign))) | (int)(sign & Negative));
        }

        lengths.Slice(values.Length, Padding).Fill(Filler);
    }

    /// <summary>Lengths of value - median in zigzag form: 0 to 64, the bits that a window around the median needs to hold the value.</summary>
    public static void MeasureAround(ReadOnlySpan<long> values, long median, Span<byte> lengths)
    {
        int i = 0;
        if (Avx512CD.IsSupported)
        {
            Vector512<long> medians = Vector512.Create(median);
            for (; i <= values.Length - 8; i += 8)
            {
                Vector512<long> offsets = Vector512.Create(values[i..]) - medians;
                Vector512<long> zigzag = Vector512.ShiftLeft(offsets, 1) ^ Vector512.ShiftRightArithmetic(offsets, 63);
                Store(Vector512.Create(64L) - Avx512CD.LeadingZeroCount(zigzag), lengths[i..]);
            }
        }

        for (; i < values.Length; i++)
        {
            lengths[i] = (byte)Of(unchecked(values[i] - median));
        }

        lengths.Slice(values.Length, Padding).Fill(Filler);
    }

    /// <summary>Length of a number in zigzag form, 0 to 64.</summary>
    public static int Of(long value) => 64 - BitOperations.LeadingZeroCount(Primitives.Encoding.Varint.ZigZag(value));

    /// <summary>How many of the lengths are equal to one that is not the filler.</summary>
    /// <param name="lengths">Lengths with their filler, a multiple of 64 bytes.</param>
    /// <param name="length">What to count.</param>
    public static int Count(ReadOnlySpan<byte> lengths, int length)
    {
        int count = 0;
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<byte> wanted = Vector512.Create((byte)length);
            for (; i < lengths.Length; i += 64)
            {
                count += BitOperations.PopCount(Vector512.Equals(Vector512.Create(lengths[i..]), wanted).ExtractMostSignificantBits());
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256<byte> wanted = Vector256.Create((byte)length);
            for (; i < lengths.Length; i += 32)
            {
                count += BitOperations.PopCount(Vector256.Equals(Vector256.Create(lengths[i..]), wanted).ExtractMostSignificantBits());
            }
        }
        else
        {
            foreach (byte one in lengths)
            {
                count += one == length ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>How many of the lengths are of negative numbers.</summary>
    public static int CountNegative(ReadOnlySpan<byte> lengths)
    {
        int count = 0;
        foreach (byte one in lengths)
        {
            count += one >> 7;
        }

        return count;
    }

    private static void Store(Vector512<long> lengths, Span<byte> destination) =>
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(destination, Avx512F.ConvertToVector128Byte(lengths.AsUInt64()).AsUInt64().ToScalar());
}
