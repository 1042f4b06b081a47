namespace RemoteStore.Primitives.Numerics;

/// <summary>
/// The number of fewest digits, and of these the nearest, that is read back as a given double: <c>Digits·10^Exponent</c>, the last digit not 0. The method is
/// Raffaello Giulietti's ("The Schubfach way to render doubles"): the ends of the interval that is rounded to the double are scaled by a power of ten, known to
/// 128 bits, so that one or two of the whole numbers between them are candidates.
/// </summary>
/// <param name="Digits">At most 17 digits.</param>
/// <param name="Exponent">Of ten.</param>
public readonly record struct ShortestDecimal(ulong Digits, int Exponent)
{
    private const int FractionBits = 52;
    private const int ExponentBias = 1075; // of a significand that is a whole number
    private const ulong HiddenBit = 1UL << FractionBits;

    /// <summary>The shortest form of a double that is finite and greater than zero.</summary>
    public static ShortestDecimal Of(double value)
    {
        if (!double.IsFinite(value) || value <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "only finite numbers above zero have digits");
        }

        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong fraction = bits & (HiddenBit - 1);
        int biased = (int)(bits >> FractionBits);
        return biased == 0
            ? Search(fraction, 1 - ExponentBias, isPowerOfTwo: false)
            : Search(fraction | HiddenBit, biased - ExponentBias, isPowerOfTwo: fraction == 0 && biased > 1);
    }

    /// <summary>Searches the shortest form of <paramref name="significand"/>·2^<paramref name="exponent"/>.</summary>
    private static ShortestDecimal Search(ulong significand, int exponent, bool isPowerOfTwo)
    {
        // Below a power of two doubles lie twice as close: the interval is narrower on that side.
        int ten = isPowerOfTwo ? FloorLog10OfThreeQuarters(exponent) : FloorLog10(exponent);
        int shift = exponent + PowersOfTen.FloorLog2(-ten) + 1;
        UInt128 scale = PowersOfTen.Significand(-ten);
        ulong lower = Scale(scale, ((4 * significand) - (isPowerOfTwo ? 1UL : 2UL)) << shift);
        ulong middle = Scale(scale, (4 * significand) << shift);
        ulong upper = Scale(scale, ((4 * significand) + 2) << shift);
        if ((significand & 1) != 0)
        {
            // The ends are rounded to the even neighbours.
            lower++;
            upper--;
        }

        ulong below = middle / 4;
        if (below >= 10)
        {
            ulong tens = below / 10;
            bool lowIsInside = lower <= 40 * tens;
            bool highIsInside = (40 * tens) + 40 <= upper;
            if (lowIsInside != highIsInside)
            {
                return Trimmed(tens + (highIsInside ? 1UL : 0UL), ten + 1);
            }
        }

        bool belowIsInside = lower <= 4 * below;
        bool aboveIsInside = (4 * below) + 4 <= upper;
        if (belowIsInside != aboveIsInside)
        {
            return Trimmed(below + (aboveIsInside ? 1UL : 0UL), ten);
        }

        // Both or none: the nearer one, of two as near the even one.
        ulong half = (4 * below) + 2;
        bool roundsUp = middle > half || (middle == half && (below & 1) != 0);
        return Trimmed(below + (roundsUp ? 1UL : 0UL), ten);
    }

    /// <summary>The upper 64 of the 192 bits of the product; the last one is set when something below them is.</summary>
    private static ulong Scale(UInt128 scale, ulong factor)
    {
        ulong carried = Math.BigMul((ulong)scale, factor, out _);
        ulong high = Math.BigMul((ulong)(scale >> 64), factor, out ulong low);
        ulong sum = low + carried;
        high += sum < low ? 1UL : 0UL;
        return high | (sum > 1 ? 1UL : 0UL); // the scale is rounded up: 1 may stand for 0
    }

    private static ShortestDecimal Trimmed(ulong digits, int exponent)
    {
        while (true)
        {
            (ulong tens, ulong last) = Math.DivRem(digits, 10);
            if (last != 0)
            {
                return new ShortestDecimal(digits, exponent);
            }

            digits = tens;
            exponent++;
        }
    }

    /// <summary>Whole part, downwards, of the decimal logarithm of 2^<paramref name="exponent"/>.</summary>
    private static int FloorLog10(int exponent) => (exponent * 1262611) >> 22;

    /// <summary>Likewise of 3/4·2^<paramref name="exponent"/>.</summary>
    private static int FloorLog10OfThreeQuarters(int exponent) => ((exponent * 1262611) - 524031) >> 22;
}
