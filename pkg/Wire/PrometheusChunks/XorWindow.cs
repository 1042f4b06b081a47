using System.Numerics;

namespace RemoteStore.Wire.PrometheusChunks;

/// <summary>
/// Where the bits lie in which a float differs from the one before: as long as they stay within these bounds, the bounds are not told again. One for each
/// column of floats of a chunk.
/// </summary>
internal struct XorWindow
{
    private bool _isKnown;
    private int _leading;
    private int _trailing;

    /// <summary>Writes the difference of two values.</summary>
    /// <param name="bits">Gets it.</param>
    /// <param name="difference">Exclusive or of their bits.</param>
    public void Write(BitWriter bits, ulong difference)
    {
        if (difference == 0)
        {
            bits.Bit(false);
            return;
        }

        bits.Bit(true);
        int leading = Math.Min(31, BitOperations.LeadingZeroCount(difference)); // five bits tell it
        int trailing = BitOperations.TrailingZeroCount(difference);
        if (_isKnown && leading >= _leading && trailing >= _trailing)
        {
            bits.Bit(false);
        }
        else
        {
            (_isKnown, _leading, _trailing) = (true, leading, trailing);
            bits.Bit(true);
            bits.Bits((ulong)leading, 5);
            bits.Bits((ulong)(64 - leading - trailing), 6); // all 64 is told as 0
        }

        bits.Bits(difference >> _trailing, 64 - _leading - _trailing);
    }

    /// <summary>Reads a difference.</summary>
    /// <exception cref="InvalidDataException">The bits end first, or the bounds are not possible.</exception>
    public ulong Read(ref BitReader bits) => !bits.Bit() ? 0 : bits.Bit() ? ReadWithBounds(ref bits) : ReadWithin(ref bits);

    /// <summary>Reads bounds and the difference within them.</summary>
    /// <exception cref="InvalidDataException">The bits end first, or the bounds are not possible.</exception>
    public ulong ReadWithBounds(ref BitReader bits)
    {
        int leading = (int)bits.Bits(5);
        int significant = (int)bits.Bits(6);
        significant = significant == 0 ? 64 : significant;
        if (leading + significant > 64)
        {
            throw new InvalidDataException($"{leading} leading zeros and {significant} bits are more than a float has");
        }

        (_isKnown, _leading, _trailing) = (true, leading, 64 - leading - significant);
        return ReadWithin(ref bits);
    }

    /// <summary>Reads a difference within the bounds told last; before the first all bits are within.</summary>
    /// <exception cref="InvalidDataException">The bits end first.</exception>
    public readonly ulong ReadWithin(ref BitReader bits) => bits.Bits(64 - _leading - _trailing) << _trailing;
}
