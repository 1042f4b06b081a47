using System.Buffers.Binary;
using RemoteStore.Primitives.Encoding;
using ZstdSharp;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>Writes checksummed units: a compressed stretch, a plain one behind it, the checksum.</summary>
internal sealed class UnitWriter(BlockSeal seal, int level) : IDisposable
{
    private readonly Compressor _compressor = new(level);
    private readonly ByteBuffer _unit = new();

    /// <summary>Writes a unit at the end of the file.</summary>
    /// <param name="output">The file.</param>
    /// <param name="file">Which one it is.</param>
    /// <param name="kind">Kind of the unit.</param>
    /// <param name="compressible">Bytes that zstd may shrink; stored as they are when it does not.</param>
    /// <param name="plain">Bytes stored as they are.</param>
    /// <returns>Stored length of the compressible bytes; equal to their length when they are stored as they are.</returns>
    public int Write(BlockOutput output, BlockFile file, BlockSection kind, ReadOnlySpan<byte> compressible, ReadOnlySpan<byte> plain)
    {
        _unit.Clear();
        int stored = AddCompressed(compressible);
        _unit.Add(plain);
        ulong hash = seal.Hash(file, kind, output.Position, _unit.Written);
        BinaryPrimitives.WriteUInt64LittleEndian(_unit.Reserve(BlockFormat.HashLength), hash);
        _unit.Advance(BlockFormat.HashLength);
        output.Write(_unit.Written);
        return stored;
    }

    public void Dispose() => _compressor.Dispose();

    private int AddCompressed(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BlockFormat.MaxRawBytes)
        {
            throw new InvalidOperationException($"a unit of {bytes.Length} bytes is larger than the format allows");
        }

        int limit = bytes.Length - 1;
        if (limit > 0
            && _compressor.TryWrap(bytes, _unit.Reserve(limit)[..limit], out int stored)
            && (long)stored * BlockFormat.MaxRatio >= bytes.Length)
        {
            _unit.Advance(stored);
            return stored;
        }

        _unit.Add(bytes);
        return bytes.Length;
    }
}
