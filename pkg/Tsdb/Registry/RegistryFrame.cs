using System.Buffers.Binary;
using System.IO.Hashing;

namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// Header of a unit in series logs and snapshots, 24 bytes, little endian: magic (4), payload length (4), first ref (4), count (4), XxHash3 (8) of the
/// sixteen bytes before it and the payload.
/// </summary>
internal readonly record struct RegistryFrame(uint Magic, int PayloadLength, uint First, uint Count)
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 24;

    /// <summary>Longest payload a reader believes; a single series can have labels of 16 MiB.</summary>
    public const int MaxPayloadBytes = 40 << 20;

    /// <summary>Writers close a frame at this size, so that damage costs little.</summary>
    public const int UsualPayloadBytes = 256 << 10;

    /// <summary>New series in a log ("RSL1").</summary>
    public const uint LogMagic = 0x314c5352;

    /// <summary>Series of a snapshot ("RSS2").</summary>
    public const uint SnapshotMagic = 0x32535352;

    /// <summary>End of a snapshot ("RSE2"): the count is that of the whole.</summary>
    public const uint SnapshotEndMagic = 0x32455352;

    /// <summary>Series of a snapshot of version 1 ("RSS1"): every ref from the first on.</summary>
    public const uint SnapshotMagicV1 = 0x31535352;

    /// <summary>End of a snapshot of version 1 ("RSE1"), without payload.</summary>
    public const uint SnapshotEndMagicV1 = 0x31455352;

    /// <summary>Completes a frame whose payload already follows room for the header.</summary>
    /// <param name="frame">Header room and payload.</param>
    /// <param name="magic">Kind.</param>
    /// <param name="first">First ref.</param>
    /// <param name="count">Number of series.</param>
    public static void Seal(Span<byte> frame, uint magic, uint first, uint count)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, magic);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], frame.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], first);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], count);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], Checksum(frame[..16], frame[HeaderBytes..]));
    }

    /// <summary>Reads a header; false when it cannot be one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> header, out RegistryFrame frame)
    {
        frame = new RegistryFrame(
            BinaryPrimitives.ReadUInt32LittleEndian(header),
            BinaryPrimitives.ReadInt32LittleEndian(header[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[12..]));
        return frame.Magic is LogMagic or SnapshotMagic or SnapshotEndMagic or SnapshotMagicV1 or SnapshotEndMagicV1
            && (uint)frame.PayloadLength <= MaxPayloadBytes
            && (ulong)frame.First + frame.Count <= uint.MaxValue;
    }

    /// <summary>True when the checksum holds.</summary>
    public static bool Verify(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        BinaryPrimitives.ReadUInt64LittleEndian(header[16..]) == Checksum(header[..16], payload);

    private static ulong Checksum(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload) =>
        XxHash3.HashToUInt64(payload, (long)XxHash3.HashToUInt64(head));
}
