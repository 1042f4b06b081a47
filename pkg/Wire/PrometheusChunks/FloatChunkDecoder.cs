using System.Buffers.Binary;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>
/// Decodes float chunks of Prometheus, with and without start timestamps. Any bytes give samples or <see cref="InvalidDataException"/>; that times ascend is for
/// the caller to check.
/// </summary>
public static class FloatChunkDecoder
{
    internal const int CountBytes = 2;

    /// <summary>Number of samples that a chunk of any encoding says it has; 0 when it is too short to tell.</summary>
    public static int Count(ReadOnlySpan<byte> chunk) => chunk.Length < CountBytes ? 0 : BinaryPrimitives.ReadUInt16BigEndian(chunk);

    /// <summary>Decodes all samples of a chunk.</summary>
    /// <param name="encoding"><see cref="ChunkEncoding.Xor"/> or <see cref="ChunkEncoding.Xor2"/>.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="timestamps">Filled: <see cref="Count"/> milliseconds since the Unix epoch.</param>
    /// <param name="valueBits">Filled, same length.</param>
    /// <param name="startTimestamps">Filled with start timestamps, 0 = none; same length. Only <see cref="ChunkEncoding.Xor2"/> has them.</param>
    /// <exception cref="InvalidDataException">The chunk ends first, or is not possible.</exception>
    public static void Decode(
        ChunkEncoding encoding, ReadOnlySpan<byte> chunk, Span<long> timestamps, Span<long> valueBits, Span<long> startTimestamps)
    {
        switch (encoding)
        {
            case ChunkEncoding.Xor:
                startTimestamps.Clear();
                Decode(chunk, timestamps, valueBits);
                break;
            case ChunkEncoding.Xor2:
                StartedFloatChunk.Decode(chunk, timestamps, valueBits, startTimestamps);
                break;
            default:
                throw new InvalidDataException($"chunk encoding {(int)encoding} is not one of floats");
        }
    }

    private static void Decode(ReadOnlySpan<byte> chunk, Span<long> timestamps, Span<long> valueBits)
    {
        if (timestamps.IsEmpty)
        {
            return;
        }

        var bits = new BitReader(chunk[CountBytes..]);
        var window = new XorWindow();
        timestamps[0] = Varint.UnZigZag(bits.Varint());
        valueBits[0] = bits.Float();
        long distance = 0;
        for (int i = 1; i < timestamps.Length; i++)
        {
            distance = i == 1 ? (long)bits.Varint() : unchecked(distance + ReadChange(ref bits));
            timestamps[i] = unchecked(timestamps[i - 1] + distance);
            valueBits[i] = valueBits[i - 1] ^ (long)window.Read(ref bits);
        }
    }

    private static long ReadChange(ref BitReader bits) => bits.Ones(4) switch
    {
        0 => 0,
        1 => bits.SignedBits(14),
        2 => bits.SignedBits(17),
        3 => bits.SignedBits(20),
        _ => bits.SignedBits(64),
    };
}
