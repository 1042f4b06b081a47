using System.Buffers.Binary;
using System.IO.Hashing;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// The 64 bytes before a block's body. They carry the block's own offset and a checksum seeded with the part's number, so that bytes of another file or
/// place never pass as a block.
/// </summary>
internal readonly record struct BlockHeader(
    BlockKind Kind,
    BlockEncoding Encoding,
    BlockFlags Flags,
    int BodyLength,
    int Rows,
    uint FirstRef,
    uint LastRef,
    long MinTime,
    long MaxTime,
    ulong BodyHash)
{
    public static ulong Hash(ReadOnlySpan<byte> bytes, PartId id) => XxHash3.HashToUInt64(bytes, unchecked((long)id.Value));

    public void Write(Span<byte> destination, long offset, PartId id)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, PartFormat.BlockMagic);
        destination[4] = (byte)Kind;
        destination[5] = (byte)Encoding;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], (ushort)Flags);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], BodyLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], Rows);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], FirstRef);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], LastRef);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], MinTime);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], MaxTime);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[48..], BodyHash);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[56..], Hash(destination[..56], id));
    }

    /// <summary>Reads and checks a header; the body is not looked at.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Read(ReadOnlySpan<byte> source, long offset, PartId id, out BlockHeader header)
    {
        header = default;
        if (source.Length < PartFormat.BlockHeaderLength)
        {
            return "the file ends within a block header";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != PartFormat.BlockMagic)
        {
            return "no block begins here";
        }

        if (BinaryPrimitives.ReadUInt64LittleEndian(source[56..]) != Hash(source[..56], id))
        {
            return "the checksum of the block header does not match";
        }

        if (BinaryPrimitives.ReadInt64LittleEndian(source[40..]) != offset)
        {
            return "the block belongs at another offset";
        }

        header = new(
            (BlockKind)source[4],
            (BlockEncoding)source[5],
            (BlockFlags)BinaryPrimitives.ReadUInt16LittleEndian(source[6..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[48..]));
        return header.Check();
    }

    private string? Check()
    {
        if (Kind is not (BlockKind.Floats or BlockKind.Histograms))
        {
            return $"block kind {(byte)Kind} is not known";
        }

        if (Rows is < 1 or > PartFormat.MaxBlockRows || BodyLength is < 1 or > PartFormat.MaxBodyBytes)
        {
            return $"a block of {Rows} rows in {BodyLength} bytes is out of bounds";
        }

        return FirstRef > LastRef || MinTime > MaxTime ? "the ranges of the block header are reversed" : null;
    }
}
