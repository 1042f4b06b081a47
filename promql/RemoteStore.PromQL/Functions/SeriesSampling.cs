using System.Buffers.Binary;
using System.Numerics;
using RemoteStore.Model.Labels;

namespace RemoteStore.PromQL.Functions;

/// <summary>
/// Where a series stands between 0 and 1 for <c>limit_ratio</c>: its hash as Prometheus computes it, XXH64 with seed 0 (Yann Collet, xxHash specification)
/// over names and values, each preceded by its length: one byte, or 255 and three bytes, lowest first.
/// </summary>
internal static class SeriesSampling
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    /// <summary>The place of a series.</summary>
    /// <param name="labels">Its labels.</param>
    /// <param name="text">Scratch, made longer when needed.</param>
    public static double Offset(ReadOnlySpan<byte> labels, ref byte[] text)
    {
        int length = 0;
        foreach (LabelPair label in new LabelEnumerator(labels))
        {
            Append(ref text, ref length, label.Name);
            Append(ref text, ref length, label.Value);
        }

        return Hash(text.AsSpan(0, length)) / (double)ulong.MaxValue;
    }

    /// <summary>XXH64 with seed 0.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash;
        ReadOnlySpan<byte> rest = bytes;
        if (bytes.Length >= 32)
        {
            ulong v1 = unchecked(Prime1 + Prime2);
            ulong v2 = Prime2;
            ulong v3 = 0;
            ulong v4 = unchecked(0 - Prime1);
            while (rest.Length >= 32)
            {
                v1 = Round(v1, BinaryPrimitives.ReadUInt64LittleEndian(rest));
                v2 = Round(v2, BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
                v3 = Round(v3, BinaryPrimitives.ReadUInt64LittleEndian(rest[16..]));
                v4 = Round(v4, BinaryPrimitives.ReadUInt64LittleEndian(rest[24..]));
                rest = rest[32..];
            }

            hash = BitOperations.RotateLeft(v1, 1) + BitOperations.RotateLeft(v2, 7) + BitOperations.RotateLeft(v3, 12) + BitOperations.RotateLeft(v4, 18);
            hash = MergeRound(MergeRound(MergeRound(MergeRound(hash, v1), v2), v3), v4);
        }
        else
        {
            hash = Prime5;
        }

        hash += (ulong)bytes.Length;
        while (rest.Length >= 8)
        {
            hash = (BitOperations.RotateLeft(hash ^ Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest)), 27) * Prime1) + Prime4;
            rest = rest[8..];
        }

        if (rest.Length >= 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1), 23) * Prime2) + Prime3;
            rest = rest[4..];
        }

        foreach (byte b in rest)
        {
            hash = BitOperations.RotateLeft(hash ^ (b * Prime5), 11) * Prime1;
        }

        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Round(ulong accumulator, ulong input) => BitOperations.RotateLeft(accumulator + (input * Prime2), 31) * Prime1;

    private static ulong MergeRound(ulong hash, ulong value) => ((hash ^ Round(0, value)) * Prime1) + Prime4;

    private static void Append(ref byte[] text, ref int length, ReadOnlySpan<byte> part)
    {
        if (length + part.Length + 4 > text.Length)
        {
            Array.Resize(ref text, (length + part.Length + 4) * 2);
        }

        if (part.Length < 255)
        {
            text[length++] = (byte)part.Length;
        }
        else
        {
            text[length++] = 255;
            text[length++] = (byte)part.Length;
            text[length++] = (byte)(part.Length >> 8);
            text[length++] = (byte)(part.Length >> 16);
        }

        part.CopyTo(text.AsSpan(length));
        length += part.Length;
    }
}
