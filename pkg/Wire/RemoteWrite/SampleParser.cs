using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.RemoteWrite;

/// <summary>Reads sample messages: value = 1 (double), timestamp = 2 (int64), and in remote write 2.0 start timestamp = 3 (int64).</summary>
internal static class SampleParser
{
    private const byte ValueTag = 0x09;
    private const byte TimestampTag = 0x10;
    private const byte StartTimestampTag = 0x18;

    // Timestamps from 1971 to 2109 take six varint bytes: continuation bits on the first five, none on the sixth.
    private const ulong ContinuationBits = 0x8080_8080_8080;
    private const ulong SixByteVarint = 0x0080_8080_8080;
    private const ulong DigitBits = 0x7f7f_7f7f_7f7f;

    /// <summary>
    /// The two forms that nearly all samples have: value and six-byte timestamp in this order, or that timestamp alone when the value is +0. Moves
    /// <paramref name="position"/> from the sample's length byte behind the sample and adds it to the batch.
    /// </summary>
    /// <returns>False when the sample has another form; nothing is changed then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryFast(WriteBatch batch, ReadOnlySpan<byte> payload, ref int position, int end)
    {
        int length = payload[position];
        int timestamp = position + length - 5;
        if ((length != 16 && length != 7) || timestamp + 6 > end || timestamp + sizeof(ulong) > payload.Length || payload[timestamp - 1] != TimestampTag)
        {
            return false;
        }

        ulong digits = BinaryPrimitives.ReadUInt64LittleEndian(payload[timestamp..]);
        if ((digits & ContinuationBits) != SixByteVarint)
        {
            return false;
        }

        long valueBits = 0;
        if (length == 16)
        {
            if (payload[position + 1] != ValueTag)
            {
                return false;
            }

            valueBits = BinaryPrimitives.ReadInt64LittleEndian(payload[(position + 2)..]);
        }

        batch.AddSample((long)Compact(digits), valueBits);
        position = timestamp + 6;
        return true;
    }

    /// <summary>Any well-formed sample message.</summary>
    public static bool TryRead(ref ProtoReader sample, WriteBatch batch)
    {
        long valueBits = 0;
        long timestamp = 0;
        long startTimestamp = 0;
        while (sample.HasMore)
        {
            if (!sample.TryReadTag(out uint tag))
            {
                return false;
            }

            switch (tag)
            {
                case ValueTag:
                    if (!sample.TryReadFixed64(out valueBits))
                    {
                        return false;
                    }

                    break;
                case TimestampTag or StartTimestampTag:
                    if (!sample.TryReadVarint(out ulong raw))
                    {
                        return false;
                    }

                    timestamp = tag == TimestampTag ? (long)raw : timestamp;
                    startTimestamp = tag == StartTimestampTag ? (long)raw : startTimestamp;
                    break;
                default:
                    if (tag >> 3 <= 3 || !sample.TrySkip(tag))
                    {
                        return false;
                    }

                    break;
            }
        }

        batch.AddSample(timestamp, valueBits, startTimestamp);
        return true;
    }

    // Six groups of seven bits, lowest first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Compact(ulong digits) => Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitExtract(digits, DigitBits) : CompactScalar(digits);

    internal static ulong CompactScalar(ulong digits) =>
        (digits & 0x7f) | ((digits >> 1) & (0x7fUL << 7)) | ((digits >> 2) & (0x7fUL << 14)) | ((digits >> 3) & (0x7fUL << 21))
        | ((digits >> 4) & (0x7fUL << 28)) | ((digits >> 5) & (0x7fUL << 35));
}
