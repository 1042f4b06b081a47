using System.Runtime.Intrinsics;

namespace RemoteStore.Chunks.Values;

/// <summary>Passes over runs of values for <see cref="DecimalSearch"/>, four at a time where the machine can; the arithmetic is that of <see cref="DecimalScale"/>.</summary>
internal static class DecimalRuns
{
    private const double Limit = 9007199254740992; // 2^53

    /// <summary>Scales a run to integers and notes which are inexact; their integers are of no use.</summary>
    public static void Scale(ReadOnlySpan<long> valueBits, double power, Span<long> integers, FloatExceptions exceptions)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<double> powers = Vector256.Create(power);
            for (; i <= valueBits.Length - 4; i += 4)
            {
                Vector256<long> bits = Vector256.Create(valueBits[i..]);
                uint exact = Exact(bits, powers, out Vector256<double> rounded);
                if (exact == 15)
                {
                    Vector256.ConvertToInt64(rounded).CopyTo(integers[i..]);
                    continue;
                }

                for (int j = 0; j < 4; j++)
                {
                    if (((exact >> j) & 1) != 0)
                    {
                        integers[i + j] = (long)rounded[j];
                    }
                    else
                    {
                        exceptions.Add(i + j);
                    }
                }
            }
        }

        for (; i < valueBits.Length; i++)
        {
            if (!DecimalScale.TryQuotient(valueBits[i], power, out integers[i]))
            {
                exceptions.Add(i);
            }
        }
    }

    /// <summary>True when at least <paramref name="needed"/> values are inexact that might be exact at another exponent.</summary>
    public static bool AreInexact(ReadOnlySpan<long> valueBits, double power, long needed)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<double> powers = Vector256.Create(power);
            for (; i <= valueBits.Length - 4 && needed > 0; i += 4)
            {
                uint exact = Exact(Vector256.Create(valueBits[i..]), powers, out _);
                for (uint inexact = exact ^ 15; inexact != 0; inexact &= inexact - 1)
                {
                    needed -= DecimalScale.IsNeverDecimal(valueBits[i + System.Numerics.BitOperations.TrailingZeroCount(inexact)]) ? 0 : 1;
                }
            }
        }

        for (; i < valueBits.Length && needed > 0; i++)
        {
            needed -= DecimalScale.TryQuotient(valueBits[i], power, out _) || DecimalScale.IsNeverDecimal(valueBits[i]) ? 0 : 1;
        }

        return needed <= 0;
    }

    /// <summary>
    /// Counts values by their least exponent.
    /// </summary>
    /// <param name="valueBits">The run.</param>
    /// <param name="counts">Gets added to, by exponent.</param>
    /// <param name="mostWithout">Ends the count when more than so many have no exponent.</param>
    /// <returns>How many have none.</returns>
    public static int CountLeast(ReadOnlySpan<long> valueBits, Span<int> counts, int mostWithout)
    {
        int without = 0;
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= valueBits.Length - 4 && without <= mostWithout; i += 4)
            {
                without += CountFour(Vector256.Create(valueBits[i..]), counts);
            }
        }

        for (; i < valueBits.Length && without <= mostWithout; i++)
        {
            int least = DecimalScale.LeastExponent(valueBits[i]);
            if (least < 0)
            {
                without++;
            }
            else
            {
                counts[least]++;
            }
        }

        return without;
    }

    private static int CountFour(Vector256<long> bits, Span<int> counts)
    {
        ReadOnlySpan<double> powers = DecimalScale.Powers;
        Vector256<double> magnitudes = Vector256.Abs(bits.AsDouble());
        uint open = 15;
        for (int k = 0; k < powers.Length && open != 0; k++)
        {
            Vector256<double> power = Vector256.Create(powers[k]);
            uint exact = Exact(bits, power, out _) & open;
            counts[k] += System.Numerics.BitOperations.PopCount(exact);
            open ^= exact;
            if (open != 0 && (Vector256.LessThanOrEqual(magnitudes * power, Vector256.Create(Limit)).ExtractMostSignificantBits() & open) == 0)
            {
                break;
            }
        }

        return System.Numerics.BitOperations.PopCount(open);
    }

    /// <summary>A bit for each of four values that is exactly an integer / power, and the integers, as floats.</summary>
    private static uint Exact(Vector256<long> bits, Vector256<double> power, out Vector256<double> rounded)
    {
        Vector256<double> scaled = bits.AsDouble() * power;

        // Adding zero turns -0 into what the integer 0 becomes.
        rounded = Vector256.Round(scaled) + Vector256<double>.Zero;
        Vector256<long> isExact = Vector256.Equals((rounded / power).AsInt64(), bits) & Vector256.LessThanOrEqual(Vector256.Abs(scaled), Vector256.Create(Limit)).AsInt64();
        return isExact.ExtractMostSignificantBits();
    }
}
