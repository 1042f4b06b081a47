using System.Runtime.CompilerServices;

namespace RemoteStore.Chunks.Values;

/// <summary>
/// Decimals as integers: v = d / 10^k. Both operands of the division are exact floats (|d| ≤ 2^53, k ≤ 22), so every machine rounds the quotient alike, and every
/// value with up to 15 significant digits is such a quotient. Whether one is, is decided by comparing bits, never numbers.
/// </summary>
internal static class DecimalScale
{
    /// <summary>Greatest k: 10^22 is the last power of ten that a float holds exactly.</summary>
    public const int MaxExponent = 22;

    /// <summary>Greatest k of a product: more has not been seen, and each costs a look at some samples.</summary>
    public const int MaxProductExponent = 9;

    private const double Limit = 9007199254740992; // 2^53

    /// <summary>10^0 to 10^22.</summary>
    public static ReadOnlySpan<double> Powers =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>The floats nearest to 10^0 to 10^-22.</summary>
    public static ReadOnlySpan<double> Factors =>
    [
        1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17, 1e-18, 1e-19, 1e-20, 1e-21, 1e-22,
    ];

    /// <summary>The integer nearest to v * 10^k; false when it is beyond 2^53 or v is no number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRound(long bits, double power, out long integer)
    {
        double scaled = BitConverter.Int64BitsToDouble(bits) * power;
        if (!(Math.Abs(scaled) <= Limit))
        {
            integer = 0;
            return false;
        }

        integer = (long)Math.Round(scaled);
        return true;
    }

    /// <summary>True when the value is exactly some integer / power; gives the integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryQuotient(long bits, double power, out long integer) =>
        TryRound(bits, power, out integer) && BitConverter.DoubleToInt64Bits(integer / power) == bits;

    /// <summary>True when the value is exactly some integer * factor; gives the integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryProduct(long bits, double power, double factor, out long integer) =>
        TryRound(bits, power, out integer) && BitConverter.DoubleToInt64Bits(integer * factor) == bits;

    /// <summary>The least k at which the value is exact, or -1.</summary>
    public static int LeastExponent(long bits)
    {
        if (IsNeverDecimal(bits))
        {
            return -1;
        }

        ReadOnlySpan<double> powers = Powers;
        double magnitude = Math.Abs(BitConverter.Int64BitsToDouble(bits));
        for (int k = 0; k < powers.Length && magnitude * powers[k] <= Limit; k++)
        {
            if (TryQuotient(bits, powers[k], out _))
            {
                return k;
            }
        }

        return -1;
    }

    /// <summary>True for what is no quotient at any k and seen to be so at once: NaN, infinities, -0, and whatever is beyond 2^53.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNeverDecimal(long bits) =>
        bits == long.MinValue || !(Math.Abs(BitConverter.Int64BitsToDouble(bits)) <= Limit);
}
