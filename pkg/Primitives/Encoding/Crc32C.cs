using System.Buffers.Binary;
using System.Numerics;

namespace RemoteStore.Primitives.Encoding;

/// <summary>CRC-32 with Castagnoli's polynomial.</summary>
public static class Crc32C
{
    /// <summary>Checksum of bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>Checksum of bytes that follow others.</summary>
    /// <param name="checksum">Checksum of what came before; 0 for nothing.</param>
    /// <param name="bytes">What follows.</param>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~checksum;
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
