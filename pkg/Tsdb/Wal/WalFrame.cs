using System.Buffers.Binary;
using System.IO.Hashing;
using FASTER.core;

namespace RemoteStore.Tsdb.Wal;

/// <summary>
/// The frame around every payload; see docs/wal.md. Both checks are seeded with the generation's random seed, so that bytes a user sent
/// (which may imitate a frame) and frames of other generations are never taken for an entry.
/// </summary>
internal static class WalFrame
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderSize = 28;

    /// <summary>"RSWE" read as a little-endian number.</summary>
    public const uint Magic = 0x45575352;

    /// <summary>FasterLog's own header (the entry's length) in front of each frame; not used by replay.</summary>
    public const int LogHeaderSize = 4;

    /// <summary>Frames begin at multiples of this.</summary>
    public const int Alignment = 4;

    private const int LengthOffset = 4;
    private const int SequenceOffset = 8;
    private const int TypeOffset = 16;
    private const int HeaderCheckOffset = 17;
    private const int HashOffset = 20;

    /// <summary>Bytes an entry takes in the log, FasterLog's header and alignment included.</summary>
    public static int EntrySize(int payloadLength) => LogHeaderSize + ((HeaderSize + payloadLength + Alignment - 1) & -Alignment);

    /// <summary>First half of the frame's hash; the expensive one, taken outside of locks.</summary>
    public static ulong HashPayload(long seed, ReadOnlySpan<byte> payload) => XxHash3.HashToUInt64(payload, seed);

    /// <summary>Writes the header of a frame to the first <see cref="HeaderSize"/> bytes of <paramref name="destination"/>.</summary>
    public static void WriteHeader(Span<byte> destination, long seed, WalEntryType type, ulong sequence, int payloadLength, ulong payloadHash)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[LengthOffset..], (uint)payloadLength);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[SequenceOffset..], sequence);
        destination[TypeOffset] = (byte)type;
        uint check = HeaderCheck(seed, destination);
        destination[HeaderCheckOffset] = (byte)check;
        destination[HeaderCheckOffset + 1] = (byte)(check >> 8);
        destination[HeaderCheckOffset + 2] = (byte)(check >> 16);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[HashOffset..], FrameHash(seed, destination, payloadHash));
    }

    /// <summary>Reads the frame at the start of <paramref name="source"/>.</summary>
    /// <returns>False unless every byte of it is what was written under this seed. Costs more than the header check only when that holds.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, long seed, out WalEntryType type, out ulong sequence, out ReadOnlySpan<byte> payload)
    {
        type = default;
        sequence = 0;
        payload = default;
        if (source.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(source[LengthOffset..]);
        uint check = source[HeaderCheckOffset] | ((uint)source[HeaderCheckOffset + 1] << 8) | ((uint)source[HeaderCheckOffset + 2] << 16);
        if (length > (uint)(source.Length - HeaderSize) || check != HeaderCheck(seed, source))
        {
            return false;
        }

        ReadOnlySpan<byte> body = source.Slice(HeaderSize, (int)length);
        if (BinaryPrimitives.ReadUInt64LittleEndian(source[HashOffset..]) != FrameHash(seed, source, HashPayload(seed, body)))
        {
            return false;
        }

        type = (WalEntryType)source[TypeOffset];
        sequence = BinaryPrimitives.ReadUInt64LittleEndian(source[SequenceOffset..]);
        payload = body;
        return true;
    }

    // 24 bits: a search through damaged bytes full of magic numbers must not hash half a megabyte at each of them.
    private static uint HeaderCheck(long seed, ReadOnlySpan<byte> header) => (uint)XxHash3.HashToUInt64(header[..HeaderCheckOffset], seed) & 0xFFFFFF;

    private static ulong FrameHash(long seed, ReadOnlySpan<byte> header, ulong payloadHash)
    {
        Span<byte> input = stackalloc byte[HashOffset + sizeof(ulong)];
        header[..HashOffset].CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[HashOffset..], payloadHash);
        return XxHash3.HashToUInt64(input, seed);
    }

    /// <summary>An entry on its way into FasterLog's page: header and payload are written there directly, without a copy in between.</summary>
    internal readonly unsafe struct Entry(byte* payload, int length, WalEntryType type, long seed, ulong sequence, ulong payloadHash) : ILogEnqueueEntry
    {
        // Safety: the pointer is a caller's pinned span, used only inside the TryEnqueue call that the pin surrounds.
        private readonly byte* _payload = payload;

        /// <inheritdoc/>
        public int SerializedLength => HeaderSize + length;

        /// <inheritdoc/>
        public void SerializeTo(Span<byte> dest)
        {
            WriteHeader(dest, seed, type, sequence, length, payloadHash);
            new ReadOnlySpan<byte>(_payload, length).CopyTo(dest[HeaderSize..]);
        }
    }
}
