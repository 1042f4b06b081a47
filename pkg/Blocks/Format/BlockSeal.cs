using System.Buffers.Binary;
using System.IO.Hashing;

namespace RemoteStore.Blocks.Format;

/// <summary>
/// Checksums of one block. Each is XxHash3 over a unit's bytes, seeded with a hash of (block id, file, kind, offset): bytes of another block, file or place
/// never pass as this one's.
/// </summary>
internal readonly struct BlockSeal(BlockId id)
{
    private const int SeedBytes = 32;

    /// <summary>The block.</summary>
    public BlockId Id { get; } = id;

    /// <summary>Checksum of a unit.</summary>
    public ulong Hash(BlockFile file, BlockSection kind, long offset, ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes, Seed(file, kind, offset));

    /// <summary>True when the last eight bytes are the checksum of those before.</summary>
    public bool Holds(BlockFile file, BlockSection kind, long offset, ReadOnlySpan<byte> sealedBytes) =>
        sealedBytes.Length >= BlockFormat.HashLength
        && BinaryPrimitives.ReadUInt64LittleEndian(sealedBytes[^BlockFormat.HashLength..]) == Hash(file, kind, offset, sealedBytes[..^BlockFormat.HashLength]);

    /// <summary>Seed of a unit's checksum.</summary>
    public long Seed(BlockFile file, BlockSection kind, long offset)
    {
        Span<byte> key = stackalloc byte[SeedBytes];
        key.Clear();
        Id.WriteTo(key);
        key[16] = (byte)file;
        key[17] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(key[24..], offset);
        return unchecked((long)XxHash3.HashToUInt64(key));
    }
}
