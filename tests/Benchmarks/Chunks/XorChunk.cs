using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Benchmarks.Chunks;

/// <summary>
/// The chunk of Prometheus' own storage (Gorilla: delta-of-delta timestamps and XORed values, bit by bit), as the yardstick. The decoder looks at 57 bits or more at once and never
/// loops over bits.
/// </summary>
internal static class XorChunk
{
    /// <summary>Readable bytes behind a chunk that the decoder needs.</summary>
    public const int Padding = 16;

    public static byte[] Encode(ReadOnlySpan<long> timestamps, ReadOnlySpan<long> values)
    {
        var writer = new BitWriter(values.Length);
        long previousTime = 0;
        long previousDelta = 0;
        ulong previous = 0;
        int leading = 0xff;
        int trailing = 0;
        for (int i = 0; i < values.Length; i++)
        {
            ulong bits = (ulong)values[i];
            if (i == 0)
            {
                writer.Varint(Varint.ZigZag(timestamps[0]));
                writer.Bits(bits, 64);
            }
            else
            {
                long delta = timestamps[i] - previousTime;
                if (i == 1)
                {
                    writer.Varint((ulong)delta);
                }
                else
                {
                    WriteTime(ref writer, delta - previousDelta);
                }

                previousDelta = delta;
                WriteValue(ref writer, bits ^ previous, ref leading, ref trailing);
            }

            previousTime = timestamps[i];
            previous = bits;
        }

        return writer.ToArray();
    }

    /// <summary>Decodes both columns. <see cref="Padding"/> bytes behind the chunk must be readable.</summary>
    [SkipLocalsInit]
    public static void Decode(ReadOnlySpan<byte> chunk, int count, Span<long> timestamps, Span<long> values)
    {
        ref byte source = ref Unsafe.AsRef(in chunk[0]);
        int position = 0;
        Varint.TryReadSigned(chunk, ref position, out long time);
        timestamps[0] = time;
        ulong bits = BinaryPrimitives.ReadUInt64BigEndian(chunk[position..]);
        values[0] = (long)bits;
        if (count == 1)
        {
            return;
        }

        position += sizeof(ulong);
        Varint.TryRead(chunk, ref position, out ulong firstDelta);
        int at = position * 8;
        long delta = (long)firstDelta;
        int shift = 0;
        int length = 0;
        time += delta;
        timestamps[1] = time;
        bits ^= NextXor(ref source, ref at, ref length, ref shift);
        values[1] = (long)bits;
        for (int i = 2; i < count; i++)
        {
            ulong ahead = Peek(ref source, at);
            if ((long)ahead >= 0)
            {
                at++;
            }
            else
            {
                delta += NextTime(ref source, ahead, ref at);
            }

            time += delta;
            timestamps[i] = time;

            ahead = Peek(ref source, at);
            if ((long)ahead >= 0)
            {
                at++;
            }
            else
            {
                bits ^= NextXor(ref source, ref at, ref length, ref shift);
            }

            values[i] = (long)bits;
        }
    }

    private static void WriteTime(ref BitWriter writer, long change)
    {
        switch (change)
        {
            case 0:
                writer.Bits(0, 1);
                break;
            case >= -8191 and <= 8192:
                writer.Bits(0b10, 2);
                writer.Bits((ulong)change, 14);
                break;
            case >= -65535 and <= 65536:
                writer.Bits(0b110, 3);
                writer.Bits((ulong)change, 17);
                break;
            case >= -524287 and <= 524288:
                writer.Bits(0b1110, 4);
                writer.Bits((ulong)change, 20);
                break;
            default:
                writer.Bits(0b1111, 4);
                writer.Bits((ulong)change, 64);
                break;
        }
    }

    private static void WriteValue(ref BitWriter writer, ulong xor, ref int leading, ref int trailing)
    {
        if (xor == 0)
        {
            writer.Bits(0, 1);
            return;
        }

        int newLeading = Math.Min(BitOperations.LeadingZeroCount(xor), 31);
        int newTrailing = BitOperations.TrailingZeroCount(xor);
        writer.Bits(1, 1);
        if (leading != 0xff && newLeading >= leading && newTrailing >= trailing)
        {
            writer.Bits(0, 1);
            writer.Bits(xor >> trailing, 64 - leading - trailing);
            return;
        }

        leading = newLeading;
        trailing = newTrailing;
        int significant = 64 - leading - trailing;
        writer.Bits(1, 1);
        writer.Bits((ulong)leading, 5);
        writer.Bits((ulong)significant, 6);
        writer.Bits(xor >> trailing, significant);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Peek(ref byte source, int at) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, at >> 3))) << (at & 7);

    /// <summary>64 bits at any position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Peek64(ref byte source, int at) =>
        Peek(ref source, at) | ((ulong)Unsafe.Add(ref source, (at >> 3) + 8) >> (8 - (at & 7)));

    private static long NextTime(ref byte source, ulong ahead, ref int at)
    {
        int ones = BitOperations.LeadingZeroCount(~ahead);
        switch (ones)
        {
            case 1:
                at += 16;
                return Signed((ahead << 2) >> 50, 14);
            case 2:
                at += 20;
                return Signed((ahead << 3) >> 47, 17);
            case 3:
                at += 24;
                return Signed((ahead << 4) >> 44, 20);
            default:
                at += 68;
                return (long)Peek64(ref source, at - 64);
        }
    }

    private static long Signed(ulong bits, int width) => bits > 1UL << (width - 1) ? (long)bits - (1L << width) : (long)bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong NextXor(ref byte source, ref int at, ref int length, ref int shift)
    {
        ulong ahead = Peek(ref source, at);
        if ((long)ahead >= 0)
        {
            at++;
            return 0;
        }

        if ((ahead & (1UL << 62)) == 0)
        {
            at += 2;
        }
        else
        {
            int leading = (int)((ahead << 2) >> 59);
            length = (int)((ahead << 7) >> 58);
            length = length == 0 ? 64 : length;
            shift = 64 - leading - length;
            at += 13;
        }

        ulong bits = length > 57 ? Peek64(ref source, at) : Peek(ref source, at);
        at += length;
        return (bits >> (64 - length)) << shift;
    }

    private ref struct BitWriter(int count)
    {
        private readonly byte[] _bytes = new byte[32 + (count * 20)];
        private int _at;

        public void Varint(ulong value)
        {
            while (value >= 0x80)
            {
                Bits((value & 0x7f) | 0x80, 8);
                value >>= 7;
            }

            Bits(value, 8);
        }

        public void Bits(ulong value, int count)
        {
            for (int i = count - 1; i >= 0; i--)
            {
                _bytes[_at >> 3] |= (byte)(((value >> i) & 1) << (7 - (_at & 7)));
                _at++;
            }
        }

        public readonly byte[] ToArray() => _bytes.AsSpan(0, (_at + 7) / 8).ToArray();
    }
}
