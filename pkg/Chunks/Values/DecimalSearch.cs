namespace RemoteStore.Chunks.Values;

/// <summary>
/// Finds the exponent under which a run of values is decimal. The rule, which hints and shortcuts must not change: with k(v) the least exponent at which v is
/// exact, the exponent of the run is the k with the least price(k) = 80 bits for each v with k(v) greater than k or none, plus 3.3125 bits for each value and each
/// step of k (what a digit adds to a difference), the greater k if two are equal. The run is not decimal if more than every eighth value is inexact at
/// that k, or if of sixteen values spread over the run more than half have no exponent.
/// </summary>
internal sealed class DecimalSearch
{
    private const int SampleSize = 16;
    private const int ExceptionPrice = 80 * 16;
    private const int DigitPrice = 53;

    private readonly int[] _counts = new int[DecimalScale.MaxExponent + 1];

    /// <summary>Integers of the run at the exponent found; those of exceptions are filled in.</summary>
    public long[] Integers { get; } = new long[ChunkLimits.MaxSamples];

    /// <summary>Values that are inexact at the exponent found.</summary>
    public FloatExceptions Exceptions { get; } = new();

    /// <summary>Searches; true when the run is decimal.</summary>
    /// <param name="valueBits">The run.</param>
    /// <param name="hint">Saves time when it is right.</param>
    /// <param name="exponent">The exponent found.</param>
    public bool TryFind(ReadOnlySpan<long> valueBits, in CodecHint hint, out int exponent)
    {
        exponent = hint.Exponent;
        if (exponent >= 0 && TryConfirm(valueBits, exponent))
        {
            return true;
        }

        int guess = GuessFromSample(valueBits);
        if (guess < 0)
        {
            return false;
        }

        if (guess != exponent && TryConfirm(valueBits, guess))
        {
            exponent = guess;
            return true;
        }

        return TrySearchAll(valueBits, out exponent) && Scale(valueBits, exponent) <= FloatExceptions.MaximumOf(valueBits.Length);
    }

    /// <summary>
    /// True when the rule is sure to choose this exponent: everything is exact at it, but for a few that are exact at none, and one step less would make enough
    /// inexact that their price is above all that smaller exponents can save. A value that is exact at k and inexact at k - 1 is exact at no smaller one.
    /// </summary>
    private bool TryConfirm(ReadOnlySpan<long> valueBits, int exponent)
    {
        int inexact = Scale(valueBits, exponent);
        if (inexact > 0)
        {
            if (inexact > Math.Min(SampleSize / 2, FloatExceptions.MaximumOf(valueBits.Length)))
            {
                return false;
            }

            foreach (int position in Exceptions.Positions)
            {
                if (!DecimalScale.IsNeverDecimal(valueBits[position]))
                {
                    return false;
                }
            }
        }

        if (exponent == 0)
        {
            return true;
        }

        // Those inexact at any k are dear at every k alike and do not count.
        long needed = (((long)valueBits.Length * exponent * DigitPrice) + ExceptionPrice - 1) / ExceptionPrice;
        return DecimalRuns.AreInexact(valueBits, DecimalScale.Powers[exponent - 1], needed);
    }

    /// <summary>The greatest of the least exponents of a sample; -1 when too many of it have none.</summary>
    private static int GuessFromSample(ReadOnlySpan<long> valueBits)
    {
        int taken = Math.Min(SampleSize, valueBits.Length);
        int greatest = 0;
        int without = 0;
        for (int i = 0; i < taken; i++)
        {
            int least = DecimalScale.LeastExponent(valueBits[(int)((uint)i * (uint)valueBits.Length / (uint)taken)]);
            without += least < 0 ? 1 : 0;
            greatest = Math.Max(greatest, least);
        }

        return without > taken / 2 ? -1 : greatest;
    }

    private bool TrySearchAll(ReadOnlySpan<long> valueBits, out int exponent)
    {
        exponent = 0;
        Array.Clear(_counts);
        int most = FloatExceptions.MaximumOf(valueBits.Length);
        int without = DecimalRuns.CountLeast(valueBits, _counts, most);
        if (without > most)
        {
            return false;
        }

        long best = long.MaxValue;
        int inexact = without;
        for (int k = DecimalScale.MaxExponent; k >= 0; k--)
        {
            long price = ((long)inexact * ExceptionPrice) + ((long)valueBits.Length * k * DigitPrice);
            if (price < best)
            {
                best = price;
                exponent = k;
            }

            inexact += _counts[k];
        }

        return true;
    }

    /// <summary>Fills integers and exceptions for an exponent; the number of exceptions.</summary>
    private int Scale(ReadOnlySpan<long> valueBits, int exponent)
    {
        Exceptions.Clear();
        DecimalRuns.Scale(valueBits, DecimalScale.Powers[exponent], Integers, Exceptions);
        Exceptions.FillGaps(Integers.AsSpan(0, valueBits.Length));
        return Exceptions.Count;
    }
}
