using System.IO.Hashing;

namespace RemoteStore.Blocks.Format;

/// <summary>The checksum over a whole file of a block, as <see cref="BlockFileInfo.Checksum"/> has it, computed piece by piece.</summary>
/// <param name="id">The block; it is mixed into the checksum.</param>
/// <param name="file">Index or chunks.</param>
public sealed class BlockFileHash(BlockId id, BlockFile file)
{
    private readonly XxHash3 _hash = new(new BlockSeal(id).Seed(file, BlockSection.File, 0));

    /// <summary>The checksum over what was appended.</summary>
    public ulong Value => _hash.GetCurrentHashAsUInt64();

    /// <summary>Goes on with the next bytes of the file.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.Append(bytes);
}
