using RemoteStore.Chunks.Kernels;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks.Tests.Support;

/// <summary>Calls decoders with the kernels of one level.</summary>
internal static class KernelDispatch
{
    public static void Values(KernelLevel level, ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, int packedLength, int count, Span<long> destination)
    {
        switch (level)
        {
            case KernelLevel.Avx512:
                ValueChunkDecoder.Decode<Avx512Kernels>(ref header, packed, packedLength, count, destination);
                break;
            case KernelLevel.Avx2:
                ValueChunkDecoder.Decode<Avx2Kernels>(ref header, packed, packedLength, count, destination);
                break;
            default:
                ValueChunkDecoder.Decode<ScalarKernels>(ref header, packed, packedLength, count, destination);
                break;
        }
    }

    public static void Timestamps(
        KernelLevel level, ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, int packedLength, int count, Span<long> destination)
    {
        switch (level)
        {
            case KernelLevel.Avx512:
                TimestampChunkDecoder.Decode<Avx512Kernels>(ref header, packed, packedLength, count, destination);
                break;
            case KernelLevel.Avx2:
                TimestampChunkDecoder.Decode<Avx2Kernels>(ref header, packed, packedLength, count, destination);
                break;
            default:
                TimestampChunkDecoder.Decode<ScalarKernels>(ref header, packed, packedLength, count, destination);
                break;
        }
    }

    public static void Histograms(
        KernelLevel level, HistogramChunkDecoder decoder, ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, int packedLength, int count,
        ByteBuffer payloads, Span<int> lengths)
    {
        switch (level)
        {
            case KernelLevel.Avx512:
                decoder.Decode<Avx512Kernels>(ref header, packed, packedLength, count, payloads, lengths);
                break;
            case KernelLevel.Avx2:
                decoder.Decode<Avx2Kernels>(ref header, packed, packedLength, count, payloads, lengths);
                break;
            default:
                decoder.Decode<ScalarKernels>(ref header, packed, packedLength, count, payloads, lengths);
                break;
        }
    }
}
