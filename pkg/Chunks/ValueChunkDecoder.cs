using System.Runtime.CompilerServices;
using RemoteStore.Chunks.Integers;
using RemoteStore.Chunks.Kernels;
using RemoteStore.Chunks.Values;

namespace RemoteStore.Chunks;

/// <summary>Decodes what <see cref="ValueChunkEncoder"/> wrote. Safe for concurrent use.</summary>
public static class ValueChunkDecoder
{
    /// <summary>Decodes one chunk of values to IEEE 754 bits.</summary>
    /// <param name="header">At the first header byte of the chunk; afterwards behind its last.</param>
    /// <param name="packed">Begins at the chunk's packed bytes and has at least <see cref="ChunkLimits.SourcePadding"/> bytes of any content behind them.</param>
    /// <param name="packedLength">Length of the chunk's packed bytes.</param>
    /// <param name="count">Number of values, as they were encoded.</param>
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
            DecodeNext<TKernels>(ref header, ref cursor, values, count);
            cursor.RequireEnd();
        }
    }

    /// <summary>Decodes one of several that share packed bytes.</summary>
    internal static unsafe void DecodeNext<TKernels>(ref ChunkHeaderReader header, ref PackedCursor packed, long* values, int count)
        where TKernels : struct, IColumnKernels
    {
        byte kind = header.ReadByte();
        var domain = (ValueDomain)(kind & ValueKind.DomainMask);
        if (domain is ValueDomain.Bits or ValueDomain.SignLastBits)
        {
            if ((kind & (ValueKind.Exceptions | ValueKind.HasExponent)) != 0)
            {
                ChunkFault.Kind();
            }

            IntegerColumnDecoder.Decode<TKernels>(kind, ref header, ref packed, values, count, fixedAnchor: true);
            if (domain == ValueDomain.SignLastBits)
            {
                TKernels.RotateRight(values, count);
            }

            return;
        }

        ExtendedDomain extended = domain == ValueDomain.Extended ? (ExtendedDomain)header.ReadByte() : 0;
        int exponent = 0;
        if ((kind & ValueKind.HasExponent) != 0)
        {
            exponent = header.ReadByte();
            if (exponent > DecimalScale.MaxExponent)
            {
                ChunkFault.Field();
            }
        }

        IntegerColumnDecoder.Decode<TKernels>(kind, ref header, ref packed, values, count, fixedAnchor: false);
        if (domain == ValueDomain.Extended)
        {
            DecodeExtended<TKernels>(extended, exponent, ref header, ref packed, values, count);
        }
        else
        {
            ToDecimals<TKernels>(values, count, exponent);
        }

        if ((kind & ValueKind.Exceptions) != 0)
        {
            FloatExceptions.Read(ref header, new Span<long>(values, count));
        }
    }

    private static unsafe void ToDecimals<TKernels>(long* values, int count, int exponent)
        where TKernels : struct, IColumnKernels
    {
        if (exponent == 0)
        {
            TKernels.ToFloat(values, count);
        }
        else
        {
            TKernels.Divide(values, count, DecimalScale.Powers[exponent]);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)] // its scratch memory would burden the frame of the other domains
    private static unsafe void DecodeExtended<TKernels>(
        ExtendedDomain extended, int exponent, ref ChunkHeaderReader header, ref PackedCursor packed, long* values, int count)
        where TKernels : struct, IColumnKernels
    {
        switch (extended)
        {
            case ExtendedDomain.Product:
                TKernels.Multiply(values, count, DecimalScale.Factors[exponent]);
                break;
            case ExtendedDomain.DecimalAndResidual:
                ToDecimals<TKernels>(values, count, exponent);
                byte kind = header.ReadByte();
                if ((kind & ~ColumnKind.Mask) != 0)
                {
                    ChunkFault.Kind();
                }

                long* residuals = stackalloc long[ChunkLimits.MaxSamples + ChunkLimits.DestinationPadding];
                IntegerColumnDecoder.Decode<TKernels>(kind, ref header, ref packed, residuals, count, fixedAnchor: false);
                TKernels.Add(values, residuals, count);
                break;
            default:
                ChunkFault.Kind();
                break;
        }
    }
}
