namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>
/// Encodes float samples as Prometheus' XOR chunks: count, first timestamp and value; then the change of the distance of timestamps, and the bits in which a
/// value differs from the one before.
/// </summary>
public sealed class FloatChunkEncoder
{
    /// <summary>Most samples of a chunk.</summary>
    public const int MaxSamples = ushort.MaxValue;

    private readonly BitWriter _bits = new();

    /// <summary>Encodes samples.</summary>
    /// <param name="timestamps">Ascending, from 1 to <see cref="MaxSamples"/>.</param>
    /// <param name="valueBits">Same length.</param>
    /// <returns>The chunk, valid until the next call.</returns>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits)
    {
        _bits.Clear();
        _bits.Bits((ulong)timestamps.Length, 16);
        var window = new XorWindow();
        long distance = 0;
        for (int i = 0; i < timestamps.Length; i++)
        {
            if (i == 0)
            {
                _bits.Varint(Primitives.Encoding.Varint.ZigZag(timestamps[0]));
                _bits.Bits((ulong)valueBits[0], 64);
                continue;
            }

            long next = unchecked(timestamps[i] - timestamps[i - 1]);
            if (i == 1)
            {
                _bits.Varint((ulong)next);
            }
            else
            {
                WriteChange(unchecked(next - distance));
            }

            distance = next;
            window.Write(_bits, (ulong)(valueBits[i] ^ valueBits[i - 1]));
        }

        return _bits.Written;
    }

    private void WriteChange(long change)
    {
        if (change == 0)
        {
            _bits.Bit(false);
        }
        else if (BitWriter.FitsSigned(change, 14))
        {
            _bits.Bits(0b10, 2);
            _bits.Bits((ulong)change, 14);
        }
        else if (BitWriter.FitsSigned(change, 17))
        {
            _bits.Bits(0b110, 3);
            _bits.Bits((ulong)change, 17);
        }
        else if (BitWriter.FitsSigned(change, 20))
        {
            _bits.Bits(0b1110, 4);
            _bits.Bits((ulong)change, 20);
        }
        else
        {
            _bits.Bits(0b1111, 4);
            _bits.Bits((ulong)change, 64);
        }
    }
}
