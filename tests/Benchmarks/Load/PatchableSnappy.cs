using System.Buffers.Binary;
using System.Numerics;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Benchmarks.Load;

/// <summary>
/// A snappy encoder that keeps chosen bytes as literals and never copies from them, so that they can be overwritten in the compressed form: a body is
/// compressed once and sent for ever with new timestamps and values.
/// </summary>
internal sealed class PatchableSnappy
{
    private const int HashBits = 15;
    private const int MaxOffset = 65535;

    private readonly int[] _table = new int[1 << HashBits];
    private bool[] _patched = [];

    /// <summary>Most bytes that <paramref name="rawLength"/> bytes take.</summary>
    public static int MaxCompressedLength(int rawLength) => 32 + rawLength + (rawLength / 6);

    /// <summary>Compresses <paramref name="raw"/> into <paramref name="destination"/>.</summary>
    /// <param name="raw">What to compress.</param>
    /// <param name="patches">Ranges to keep patchable, ascending, not overlapping.</param>
    /// <param name="destination">At least <see cref="MaxCompressedLength"/> bytes.</param>
    /// <param name="patchOffsets">Receives where in <paramref name="destination"/> each range begins; same length as <paramref name="patches"/>.</param>
    /// <returns>Bytes written.</returns>
    public int Encode(ReadOnlySpan<byte> raw, ReadOnlySpan<PatchRange> patches, Span<byte> destination, Span<int> patchOffsets)
    {
        Mark(raw.Length, patches);
        Array.Fill(_table, -1);
        int written = Varint.Write(destination, (ulong)raw.Length);
        int literalStart = 0;
        int patch = 0;
        int position = 0;
        while (position + 4 <= raw.Length)
        {
            int matched = Match(raw, position, out int candidate);
            if (matched < 4)
            {
                position++;
                continue;
            }

            EmitLiteral(raw, literalStart, position, patches, ref patch, destination, ref written, patchOffsets);
            EmitCopy(position - candidate, matched, destination, ref written);
            Index(raw, position + matched - 1);
            position += matched;
            literalStart = position;
        }

        EmitLiteral(raw, literalStart, raw.Length, patches, ref patch, destination, ref written, patchOffsets);
        return written;
    }

    private void Mark(int length, ReadOnlySpan<PatchRange> patches)
    {
        if (_patched.Length < length)
        {
            _patched = new bool[length];
        }

        Array.Clear(_patched);
        foreach (PatchRange range in patches)
        {
            _patched.AsSpan(range.Start, range.Length).Fill(true);
        }
    }

    /// <summary>Length of the match of what begins at <paramref name="position"/> with what its hash saw last; the table then knows this position.</summary>
    private int Match(ReadOnlySpan<byte> raw, int position, out int candidate)
    {
        ref int slot = ref _table[Hash(raw, position)];
        candidate = slot;
        slot = position;
        if (candidate < 0 || position - candidate > MaxOffset)
        {
            return 0;
        }

        int length = 0;
        while (position + length < raw.Length
            && raw[candidate + length] == raw[position + length]
            && !_patched[position + length]
            && !_patched[candidate + length])
        {
            length++;
        }

        return length;
    }

    private void Index(ReadOnlySpan<byte> raw, int position)
    {
        if (position + 4 <= raw.Length)
        {
            _table[Hash(raw, position)] = position;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> raw, int position) =>
        BinaryPrimitives.ReadUInt32LittleEndian(raw[position..]) * 0x1e35a7bd >> (32 - HashBits);

    private static void EmitLiteral(
        ReadOnlySpan<byte> raw, int start, int end, ReadOnlySpan<PatchRange> patches, ref int patch, Span<byte> destination, ref int written, Span<int> patchOffsets)
    {
        int length = end - start;
        if (length == 0)
        {
            return;
        }

        int stored = length - 1;
        if (stored < 60)
        {
            destination[written++] = (byte)(stored << 2);
        }
        else
        {
            int extra = (BitOperations.Log2((uint)stored) >> 3) + 1;
            destination[written++] = (byte)((59 + extra) << 2);
            for (int i = 0; i < extra; i++)
            {
                destination[written++] = (byte)(stored >> (8 * i));
            }
        }

        raw[start..end].CopyTo(destination[written..]);
        for (; patch < patches.Length && patches[patch].Start < end; patch++)
        {
            patchOffsets[patch] = written + patches[patch].Start - start;
        }

        written += length;
    }

    private static void EmitCopy(int offset, int length, Span<byte> destination, ref int written)
    {
        while (length > 0)
        {
            int part = Math.Min(length, 64);
            if (part is >= 4 and <= 11 && offset < 2048)
            {
                destination[written++] = (byte)(1 | ((part - 4) << 2) | ((offset >> 8) << 5));
                destination[written++] = (byte)offset;
            }
            else
            {
                destination[written++] = (byte)(2 | ((part - 1) << 2));
                destination[written++] = (byte)offset;
                destination[written++] = (byte)(offset >> 8);
            }

            length -= part;
        }
    }
}

/// <summary>Bytes of the uncompressed form that stay patchable.</summary>
internal readonly record struct PatchRange(int Start, int Length);
