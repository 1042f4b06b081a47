using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>
/// Chunks of <see cref="ChunkEncoding.Xor2"/>. One prefix tells whether time and value go on as before; the stale marker has codes of its own and is not what the
/// next value differs from. Starts are told from a sample on that the header names, as the distance from the time of the sample before.
/// </summary>
internal static class StartedFloatChunk
{
    private const int FirstStartIsKnown = 0x80;

    /// <summary>Decodes all samples; the spans are as long as the chunk says.</summary>
    public static void Decode(ReadOnlySpan<byte> chunk, Span<long> timestamps, Span<long> valueBits, Span<long> startTimestamps)
    {
        if (timestamps.IsEmpty)
        {
            return;
        }

        if (chunk.Length <= FloatChunkDecoder.CountBytes)
        {
            throw new InvalidDataException("the chunk ends within its header");
        }

        byte header = chunk[FloatChunkDecoder.CountBytes];
        int firstChange = (header & ~FirstStartIsKnown) is int named and > 0 ? named : int.MaxValue;
        var bits = new BitReader(chunk[(FloatChunkDecoder.CountBytes + 1)..]);
        var window = new XorWindow();
        timestamps[0] = Varint.UnZigZag(bits.Varint());
        valueBits[0] = bits.Float();
        startTimestamps[0] = (header & FirstStartIsKnown) != 0 ? unchecked(timestamps[0] - Varint.UnZigZag(bits.Varint())) : 0;
        long value = 0;
        long distance = 0;
        long startDistance = 0;
        for (int i = 1; i < timestamps.Length; i++)
        {
            value = valueBits[i - 1] == SampleBits.StaleMarker ? value : valueBits[i - 1];
            if (i == 1)
            {
                distance = (long)bits.Varint();
                valueBits[1] = ReadValue(ref bits, ref window, value);
            }
            else
            {
                valueBits[i] = ReadSample(ref bits, ref window, value, ref distance);
            }

            timestamps[i] = unchecked(timestamps[i - 1] + distance);
            startTimestamps[i] = startTimestamps[i - 1];
            if (i >= firstChange)
            {
                startDistance = unchecked(startDistance + bits.Signed());
                startTimestamps[i] = unchecked(timestamps[i - 1] - startDistance);
            }
        }
    }

    private static long ReadSample(ref BitReader bits, ref XorWindow window, long value, ref long distance)
    {
        switch (bits.Ones(5))
        {
            case 0:
                return value;
            case 1:
                return value ^ (long)(bits.Bit() ? window.ReadWithBounds(ref bits) : window.ReadWithin(ref bits));
            case 2:
                distance = unchecked(distance + TwosComplement(ref bits, 13));
                return ReadValue(ref bits, ref window, value);
            case 3:
                distance = unchecked(distance + TwosComplement(ref bits, 20));
                return ReadValue(ref bits, ref window, value);
            case 4:
                distance = unchecked(distance + TwosComplement(ref bits, 64));
                return ReadValue(ref bits, ref window, value);
            default:
                return SampleBits.StaleMarker;
        }
    }

    private static long ReadValue(ref BitReader bits, ref XorWindow window, long value) => bits.Ones(3) switch
    {
        0 => value,
        1 => value ^ (long)window.ReadWithin(ref bits),
        2 => value ^ (long)window.ReadWithBounds(ref bits),
        _ => SampleBits.StaleMarker,
    };

    private static long TwosComplement(ref BitReader bits, int count) => (long)(bits.Bits(count) << (64 - count)) >> (64 - count);
}
