using System.Numerics;

namespace RemoteStore.Primitives.Numerics;

/// <summary>
/// Powers of ten in 128 bits: for each exponent the number g, 2^127 ≤ g &lt; 2^128, with 10^e = g·2^(<see cref="FloorLog2"/> - 127), rounded up where it has
/// more bits.
/// </summary>
internal static class PowersOfTen
{
    private const int Bits = 128;

    /// <summary>Least and greatest exponent: what scaling a double to 17 digits takes.</summary>
    public const int MinExponent = -292;

    /// <inheritdoc cref="MinExponent"/>
    public const int MaxExponent = 324;

    // Computed when they are first needed, in less than a millisecond: a table of 10 KB of digits would be read by nobody.
    private static readonly UInt128[] s_powers = Compute();

    /// <summary>The significand of 10^<paramref name="exponent"/>.</summary>
    public static UInt128 Significand(int exponent) => s_powers[exponent - MinExponent];

    /// <summary>Whole part, downwards, of the binary logarithm of 10^<paramref name="exponent"/>; exact for |exponent| ≤ 1233.</summary>
    public static int FloorLog2(int exponent) => (exponent * 1741647) >> 19;

    private static UInt128[] Compute()
    {
        var powers = new UInt128[MaxExponent - MinExponent + 1];
        BigInteger power = BigInteger.One;
        for (int exponent = 0; exponent <= MaxExponent; exponent++)
        {
            int shift = FloorLog2(exponent) + 1 - Bits; // what brings it to 128 bits
            powers[exponent - MinExponent] = (UInt128)(shift <= 0 ? power << -shift : CeilingDivide(power, BigInteger.One << shift));
            if (exponent is > 0 and <= -MinExponent)
            {
                powers[-exponent - MinExponent] = (UInt128)CeilingDivide(BigInteger.One << (Bits - 1 - FloorLog2(-exponent)), power);
            }

            power *= 10;
        }

        return powers;
    }

    private static BigInteger CeilingDivide(BigInteger dividend, BigInteger divisor)
    {
        BigInteger quotient = BigInteger.DivRem(dividend, divisor, out BigInteger remainder);
        return remainder.IsZero ? quotient : quotient + BigInteger.One;
    }
}
