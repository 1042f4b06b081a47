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

            if (domain == ValueDomain.Bits)
            {
                IntegerColumnDecoder.Decode<TKernels, AsIntegers>(kind, ref header, ref packed, values, count, fixedAnchor: true, default);
            }
            else
            {
                IntegerColumnDecoder.Decode<TKernels, AsRotated>(kind, ref header, ref packed, values, count, fixedAnchor: true, default);
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

        if (domain == ValueDomain.Extended)
        {
            DecodeExtended<TKernels>(kind, extended, exponent, ref header, ref packed, values, count);
        }
        else
        {
            DecodeDecimals<TKernels>(kind, exponent, ref header, ref packed, values, count);
        }

        if ((kind & ValueKind.Exceptions) != 0)
        {
            FloatExceptions.Read(ref header, new Span<long>(values, count));
        }
    }

    private static unsafe void DecodeDecimals<TKernels>(
        byte kind, int exponent, ref ChunkHeaderReader header, ref PackedCursor packed, long* values, int count)
        where TKernels : struct, IColumnKernels
    {
        if (exponent == 0)
        {
            IntegerColumnDecoder.Decode<TKernels, AsFloats>(kind, ref header, ref packed, values, count, fixedAnchor: false, default);
        }
        else
        {
            var quotients = new AsQuotients(DecimalScale.Powers[exponent]);
            IntegerColumnDecoder.Decode<TKernels, AsQuotients>(kind, ref header, ref packed, values, count, fixedAnchor: false, quotients);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)] // its scratch memory would burden the frame of the other domains
    private static unsafe void DecodeExtended<TKernels>(
        byte kind, ExtendedDomain extended, int exponent, ref ChunkHeaderReader header, ref PackedCursor packed, long* values, int count)
        where TKernels : struct, IColumnKernels
    {
        switch (extended)
        {
            case ExtendedDomain.Product:
                var products = new AsProducts(DecimalScale.Factors[exponent]);
                IntegerColumnDecoder.Decode<TKernels, AsProducts>(kind, ref header, ref packed, values, count, fixedAnchor: false, products);
                break;
            case ExtendedDomain.DecimalAndResidual:
                DecodeDecimals<TKernels>(kind, exponent, ref header, ref packed, values, count);
                byte second = header.ReadByte();
                if ((second & ~ColumnKind.Mask) != 0)
                {
                    ChunkFault.Kind();
                }

                long* residuals = stackalloc long[ChunkLimits.MaxSamples + ChunkLimits.DestinationPadding];
                IntegerColumnDecoder.Decode<TKernels, AsIntegers>(second, ref header, ref packed, residuals, count, fixedAnchor: false, default);
                TKernels.Add(values, residuals, count);
                break;
            default:
                ChunkFault.Kind();
                break;
        }
    }
}
