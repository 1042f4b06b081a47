using RemoteStore.Chunks.Integers;
using RemoteStore.Chunks.Kernels;

namespace RemoteStore.Chunks;

/// <summary>Decodes what <see cref="TimestampChunkEncoder"/> wrote. Safe for concurrent use.</summary>
public static class TimestampChunkDecoder
{
    /// <summary>Decodes one chunk of timestamps.</summary>
    /// <param name="header">At the first header byte of the chunk; afterwards behind its last.</param>
    /// <param name="packed">Begins at the chunk's packed bytes and has at least <see cref="ChunkLimits.SourcePadding"/> bytes of any content behind them.</param>
    /// <param name="packedLength">Length of the chunk's packed bytes.</param>
    /// <param name="count">Number of timestamps, as they were encoded.</param>
    /// <param name="destination">Gets them; must have room for <see cref="ChunkLimits.DestinationPadding"/> more, which are overwritten.</param>
    /// <exception cref="InvalidDataException">The bytes are not such a chunk.</exception>
    /// <exception cref="ArgumentException">A buffer lacks its padding.</exception>
    public static void Decode(ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, int packedLength, int count, Span<long> destination)
    {
        if (KernelLevels.HasAvx512)
        {
            Decode<Avx512Kernels>(ref header, packed, packedLength, count, destination);
        }
        else if (KernelLevels.HasAvx2)
        {
            Decode<Avx2Kernels>(ref header, packed, packedLength, count, destination);
        }
        else
        {
            Decode<ScalarKernels>(ref header, packed, packedLength, count, destination);
        }
    }

    /// <summary>The same with the kernels named.</summary>
    internal static unsafe void Decode<TKernels>(
        ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, int packedLength, int count, Span<long> destination)
        where TKernels : struct, IColumnKernels
    {
        ChunkFault.CheckArguments(packed.Length, packedLength, count, destination.Length);
        fixed (byte* source = packed)
        fixed (long* values = destination)
        {
            var cursor = new PackedCursor(source, packedLength);
            byte kind = header.ReadByte();
            if ((kind & ~ColumnKind.Mask) != 0)
            {
                ChunkFault.Kind();
            }

            IntegerColumnDecoder.Decode<TKernels, AsIntegers>(kind, ref header, ref cursor, values, count, fixedAnchor: false, default);
            cursor.RequireEnd();
        }
    }
}
