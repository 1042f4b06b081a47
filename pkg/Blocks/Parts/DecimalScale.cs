using System.Runtime.CompilerServices;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// Values as integers over a power of ten. A value has the form at an exponent only when dividing gives back its very bits, so that −0, NaN payloads,
/// infinities and values of more digits never take it.
/// </summary>
internal static class DecimalScale
{
    /// <summary>Greatest exponent.</summary>
    public const int MaxExponent = 12;

    private const long ExponentMask = 0x7ff0000000000000;

    private static readonly double[] s_powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

    /// <summary>10 to the exponent, 0 to <see cref="MaxExponent"/>.</summary>
    public static double Power(int exponent) => s_powers[exponent];

    /// <summary>True when the bits are an integer's own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // per value, in the encoder's inner loop
    public static bool TryInteger(long bits, out long mantissa)
    {
        mantissa = (long)BitConverter.Int64BitsToDouble(bits);
        return BitConverter.DoubleToInt64Bits(mantissa) == bits;
    }

    /// <summary>True when the bits are those of mantissa / power.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // as above
    public static bool TryScaled(long bits, double power, out long mantissa)
    {
        mantissa = (long)Math.Round(BitConverter.Int64BitsToDouble(bits) * power);
        return BitConverter.DoubleToInt64Bits(mantissa / power) == bits;
    }

    /// <summary>
    /// Exponent at which most of a run's values are integers, from a few of them; 0 when they have no short decimal form. A wrong guess costs bytes, never bits.
    /// </summary>
    public static int Choose(ReadOnlySpan<long> run)
    {
        const int Samples = 8;
        if (run.Length < Samples)
        {
            return 0; // the search costs more than so short a run can save
        }

        int exponent = 0;
        int failures = 0;
        int step = run.Length / Samples;
        for (int i = 0; i < run.Length; i += step)
        {
            long bits = run[i];
            if ((bits & ExponentMask) == ExponentMask || TryInteger(bits, out _))
            {
                continue; // staleness markers and whole numbers say nothing
            }

            int needed = Math.Max(exponent, 1);
            while (needed <= MaxExponent && !TryScaled(bits, s_powers[needed], out _))
            {
                needed++;
            }

            if (needed <= MaxExponent)
            {
                exponent = needed;
            }
            else if (++failures == 2)
            {
                return 0;
            }
        }

        return exponent;
    }
}
