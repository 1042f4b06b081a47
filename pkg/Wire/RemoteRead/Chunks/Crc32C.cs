using System.Buffers.Binary;
using System.Numerics;

namespace RemoteStore.Wire.RemoteRead.Chunks;

/// <summary>CRC-32 with Castagnoli's polynomial.</summary>
internal static class Crc32C
{
    /// <summary>Checksum of bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
