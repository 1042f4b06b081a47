using System.Buffers.Binary;
using System.Numerics;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Benchmarks.Load;

/// <summary>
/// A snappy encoder whose output can be overwritten in chosen places: a body is compressed once and sent for ever with new timestamps, values and names.
/// A patchable range without a group is kept as a literal and nothing is copied from it. Ranges of one group always hold equal bytes, so copies among
/// them are allowed, and overwriting the literals that are left changes them all.
/// </summary>
internal sealed class PatchableSnappy
{
    private const int HashBits = 15;
    private const int MaxOffset = 65535;

    private readonly int[] _table = new int[1 << HashBits];
    private readonly List<LiteralRun> _literals = [];
    private int[] _groups = []; // per byte: 0 = never patched, -1 = patched, else its group

    /// <summary>Most bytes that <paramref name="rawLength"/> bytes take.</summary>
    public static int MaxCompressedLength(int rawLength) => 32 + rawLength + (rawLength / 6);

    /// <summary>Compresses <paramref name="raw"/> into <paramref name="destination"/>.</summary>
    /// <param name="raw">What to compress.</param>
    /// <param name="patches">Ranges to keep patchable, ascending, not overlapping. No two bytes within a range of a group may be equal: a copy between
    /// different places of the range would not survive patching.</param>
    /// <param name="destination">At least <see cref="MaxCompressedLength"/> bytes.</param>
    /// <param name="pieces">Receives what is left of the ranges as literals, ascending; a range without a group is one piece.</param>
    /// <returns>Bytes written.</returns>
    public int Encode(ReadOnlySpan<byte> raw, ReadOnlySpan<PatchRange> patches, Span<byte> destination, List<PatchPiece> pieces)
    {
        Mark(raw.Length, patches);
        Array.Fill(_table, -1);
        int written = Varint.Write(destination, (ulong)raw.Length);
        int literalStart = 0;
        int position = 0;
        _literals.Clear();
        while (position + 4 <= raw.Length)
        {
            int matched = Match(raw, position, out int candidate);
            if (matched < 4)
            {
                position++;
                continue;
            }

            EmitLiteral(raw, literalStart, position, destination, ref written);
            EmitCopy(position - candidate, matched, destination, ref written);
            Index(raw, position + matched - 1);
            position += matched;
            literalStart = position;
        }

        EmitLiteral(raw, literalStart, raw.Length, destination, ref written);
        FindPieces(patches, pieces);
        return written;
    }

    private void Mark(int length, ReadOnlySpan<PatchRange> patches)
    {
        if (_groups.Length < length)
        {
            _groups = new int[length];
        }

        Array.Clear(_groups);
        foreach (PatchRange range in patches)
        {
            _groups.AsSpan(range.Start, range.Length).Fill(range.Group == 0 ? -1 : range.Group);
        }
    }

    private void FindPieces(ReadOnlySpan<PatchRange> patches, List<PatchPiece> pieces)
    {
        int run = 0;
        for (int patch = 0; patch < patches.Length; patch++)
        {
            PatchRange range = patches[patch];
            while (run < _literals.Count && _literals[run].Start + _literals[run].Length <= range.Start)
            {
                run++;
            }

            for (int i = run; i < _literals.Count && _literals[i].Start < range.Start + range.Length; i++)
            {
                int start = Math.Max(range.Start, _literals[i].Start);
                int end = Math.Min(range.Start + range.Length, _literals[i].Start + _literals[i].Length);
                pieces.Add(new(patch, start - range.Start, end - start, _literals[i].Offset + start - _literals[i].Start));
            }
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
            && _groups[position + length] >= 0
            && _groups[candidate + length] == _groups[position + length])
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

    private void EmitLiteral(ReadOnlySpan<byte> raw, int start, int end, Span<byte> destination, ref int written)
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
        _literals.Add(new(start, length, written));
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

    /// <summary>Bytes <c>[Start, Start + Length)</c> of the uncompressed form lie at <c>Offset</c> of the compressed one.</summary>
    private readonly record struct LiteralRun(int Start, int Length, int Offset);
}

/// <summary>Bytes of the uncompressed form that stay patchable.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Number of bytes.</param>
/// <param name="Group">0, or what it shares with the ranges that always hold the same bytes.</param>
internal readonly record struct PatchRange(int Start, int Length, int Group);

/// <summary>A piece of a patchable range in the compressed form.</summary>
/// <param name="Patch">Index of the range.</param>
/// <param name="From">First byte within the range.</param>
/// <param name="Length">Number of bytes.</param>
/// <param name="Offset">Where it is in the compressed form.</param>
internal readonly record struct PatchPiece(int Patch, int From, int Length, int Offset);
