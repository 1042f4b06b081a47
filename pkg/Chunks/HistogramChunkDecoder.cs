using RemoteStore.Chunks.Histograms;
using RemoteStore.Chunks.Integers;
using RemoteStore.Chunks.Kernels;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks;

/// <summary>Decodes what <see cref="HistogramChunkEncoder"/> wrote.</summary>
/// <remarks>Keeps scratch memory; not safe for concurrent use.</remarks>
public sealed class HistogramChunkDecoder
{
    private readonly List<HistogramGroup> _groups = [];
    private readonly List<(int Group, int Length)> _runs = [];
    private readonly long[] _row = new long[HistogramLayout.MaxCells];
    private int _groupCount;

    /// <summary>Decodes one chunk to the payloads it was made of.</summary>
    /// <param name="header">At the first header byte of the chunk; afterwards behind its last.</param>
    /// <param name="packed">Begins at the chunk's packed bytes and has at least <see cref="ChunkLimits.SourcePadding"/> bytes of any content behind them.</param>
    /// <param name="packedLength">Length of the chunk's packed bytes.</param>
    /// <param name="count">Number of payloads, as they were encoded.</param>
    /// <param name="payloads">Gets the payloads one behind the other, appended.</param>
    /// <param name="lengths">Gets the length of each; at least <paramref name="count"/> long.</param>
    /// <exception cref="InvalidDataException">The bytes are not such a chunk; <paramref name="payloads"/> may then hold some more bytes.</exception>
    /// <exception cref="ArgumentException">A buffer is too short or lacks its padding.</exception>
    public void Decode(
        ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, int packedLength, int count, ByteBuffer payloads, Span<int> lengths)
    {
        if (KernelLevels.HasAvx512)
        {
            Decode<Avx512Kernels>(ref header, packed, packedLength, count, payloads, lengths);
        }
        else if (KernelLevels.HasAvx2)
        {
            Decode<Avx2Kernels>(ref header, packed, packedLength, count, payloads, lengths);
        }
        else
        {
            Decode<ScalarKernels>(ref header, packed, packedLength, count, payloads, lengths);
        }
    }

    /// <summary>The same with the kernels named.</summary>
    internal unsafe void Decode<TKernels>(
        ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, int packedLength, int count, ByteBuffer payloads, Span<int> lengths)
        where TKernels : struct, IColumnKernels
    {
        ArgumentNullException.ThrowIfNull(payloads);
        ChunkFault.CheckArguments(packed.Length, packedLength, count, lengths.Length + ChunkLimits.DestinationPadding);
        ReadGroups(ref header, count);
        fixed (byte* source = packed)
        {
            var cursor = new PackedCursor(source, packedLength);
            for (int i = 0; i < _groupCount; i++)
            {
                ReadColumns<TKernels>(_groups[i], ref header, ref cursor);
            }

            cursor.RequireEnd();
        }

        WritePayloads(packed, payloads, lengths);
    }

    private void ReadGroups(ref ChunkHeaderReader header, int count)
    {
        _groupCount = header.ReadCount(count);
        if (_groupCount == 0)
        {
            ChunkFault.Histogram();
        }

        for (int i = 0; i < _groupCount; i++)
        {
            if (i == _groups.Count)
            {
                _groups.Add(new HistogramGroup());
            }

            _groups[i].Clear(i);
            _groups[i].Layout.Read(ref header);
        }

        _runs.Clear();
        for (int left = count; left > 0;)
        {
            int group = header.ReadCount(_groupCount - 1);
            int length = header.ReadCount(left);
            if (length == 0)
            {
                ChunkFault.Histogram();
            }

            _groups[group].Count += length;
            _runs.Add((group, length));
            left -= length;
        }
    }

    private static unsafe void ReadColumns<TKernels>(HistogramGroup group, ref ChunkHeaderReader header, ref PackedCursor packed)
        where TKernels : struct, IColumnKernels
    {
        HistogramLayout layout = group.Layout;
        int columns = layout.IsOpaque ? 1 : layout.Cells;

        // A column takes two header bytes at least: a few bytes must not make us allocate much.
        if (group.Count == 0 || header.Remaining / 2 < columns)
        {
            ChunkFault.Histogram();
        }

        group.EnsureCells((columns * group.Count) + ChunkLimits.DestinationPadding);
        fixed (long* cells = group.Cells)
        {
            for (int i = 0; i < columns; i++)
            {
                long* column = cells + ((long)i * group.Count);
                if (!layout.IsOpaque && layout.IsValueColumn(i))
                {
                    ValueChunkDecoder.DecodeNext<TKernels>(ref header, ref packed, column, group.Count);
                    continue;
                }

                byte kind = header.ReadByte();
                if ((kind & ~ColumnKind.Mask) != 0)
                {
                    ChunkFault.Kind();
                }

                IntegerColumnDecoder.Decode<TKernels, AsIntegers>(kind, ref header, ref packed, column, group.Count, fixedAnchor: false, default);
            }
        }

        if (layout.IsOpaque)
        {
            long total = 0;
            foreach (long length in group.Cells[..group.Count])
            {
                if (length is < 0 or > int.MaxValue)
                {
                    ChunkFault.Histogram();
                }

                total += length;
            }

            group.PackedOffset = packed.Position;
            packed.Take((int)Math.Min(total, int.MaxValue));
        }
    }

    private void WritePayloads(ReadOnlySpan<byte> packed, ByteBuffer payloads, Span<int> lengths)
    {
        int start = payloads.Length;
        int at = 0;
        foreach ((int index, int length) in _runs)
        {
            HistogramGroup group = _groups[index];
            for (int i = 0; i < length; i++)
            {
                lengths[at++] = group.Layout.IsOpaque ? CopyOpaque(group, packed, payloads) : WritePayload(group, payloads);
                if (!group.Layout.IsOpaque && payloads.Length - start > ChunkLimits.MaxHistogramBytes)
                {
                    ChunkFault.Histogram();
                }
            }
        }
    }

    private static int CopyOpaque(HistogramGroup group, ReadOnlySpan<byte> packed, ByteBuffer payloads)
    {
        int length = (int)group.Cells[group.Taken++];
        payloads.Add(packed.Slice(group.PackedOffset, length));
        group.PackedOffset += length;
        return length;
    }

    private int WritePayload(HistogramGroup group, ByteBuffer payloads)
    {
        HistogramLayout layout = group.Layout;
        Span<long> row = _row.AsSpan(0, layout.Cells);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = group.Cells[(i * group.Count) + group.Taken];
        }

        group.Taken++;
        int written = layout.WritePayload(row, payloads.Reserve(layout.MaxPayloadBytes));
        payloads.Advance(written);
        return written;
    }
}
