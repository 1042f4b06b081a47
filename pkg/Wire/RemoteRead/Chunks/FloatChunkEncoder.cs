using System.Numerics;

namespace RemoteStore.Wire.RemoteRead.Chunks;

/// <summary>
/// Encodes float samples as Prometheus' XOR chunks: count, first timestamp and value; then the change of the distance of timestamps, and the bits in which a
/// value differs from the one before.
/// </summary>
internal sealed class FloatChunkEncoder
{
    private const int NoWindow = 0xff;

    private readonly BitWriter _bits = new();
    private int _leading;
    private int _trailing;

    /// <summary>Encodes samples.</summary>
    /// <param name="timestamps">Ascending, from 1 to 65,535.</param>
    /// <param name="valueBits">Same length.</param>
    /// <returns>The chunk, valid until the next call.</returns>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits)
    {
        _bits.Clear();
        _bits.Bits((ulong)timestamps.Length, 16);
        (_leading, _trailing) = (NoWindow, 0);
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
            WriteDifference((ulong)(valueBits[i] ^ valueBits[i - 1]));
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

    private void WriteDifference(ulong difference)
    {
        if (difference == 0)
        {
            _bits.Bit(false);
            return;
        }

        _bits.Bit(true);
        int leading = Math.Min(31, BitOperations.LeadingZeroCount(difference)); // five bits tell it
        int trailing = BitOperations.TrailingZeroCount(difference);
        if (_leading != NoWindow && leading >= _leading && trailing >= _trailing)
        {
            _bits.Bit(false);
        }
        else
        {
            (_leading, _trailing) = (leading, trailing);
            _bits.Bit(true);
            _bits.Bits((ulong)leading, 5);
            _bits.Bits((ulong)(64 - leading - trailing), 6); // all 64 is told as 0
        }

        _bits.Bits(difference >> _trailing, 64 - _leading - _trailing);
    }
}
