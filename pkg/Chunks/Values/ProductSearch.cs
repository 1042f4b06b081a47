namespace RemoteStore.Chunks.Values;

/// <summary>Finds the exponent under which a run of values is integer * 10^-k.</summary>
internal sealed class ProductSearch
{
    private const int SampleSize = 16;

    /// <summary>Integers of the run at the exponent found; those of exceptions are filled in.</summary>
    public long[] Integers { get; } = new long[ChunkLimits.MaxSamples];

    /// <summary>Values that are no product at the exponent found.</summary>
    public FloatExceptions Exceptions { get; } = new();

    /// <summary>True when at the least exponent that suits a sample at most every eighth value is inexact.</summary>
    public bool TryFind(ReadOnlySpan<long> valueBits, out int exponent)
    {
        for (exponent = 1; exponent <= DecimalScale.MaxProductExponent; exponent++)
        {
            if (SuitsSample(valueBits, exponent))
            {
                return Scale(valueBits, exponent) <= FloatExceptions.MaximumOf(valueBits.Length);
            }
        }

        return false;
    }

    private static bool SuitsSample(ReadOnlySpan<long> valueBits, int exponent)
    {
        double power = DecimalScale.Powers[exponent];
        double factor = DecimalScale.Factors[exponent];
        int taken = Math.Min(SampleSize, valueBits.Length);
        int misses = 0;
        for (int i = 0; i < taken; i++)
        {
            if (!DecimalScale.TryProduct(valueBits[(int)((uint)i * (uint)valueBits.Length / (uint)taken)], power, factor, out _)
                && ++misses > SampleSize / 8)
            {
                return false;
            }
        }

        return true;
    }

    private int Scale(ReadOnlySpan<long> valueBits, int exponent)
    {
        Exceptions.Clear();
        double power = DecimalScale.Powers[exponent];
        double factor = DecimalScale.Factors[exponent];
        for (int i = 0; i < valueBits.Length; i++)
        {
            if (!DecimalScale.TryProduct(valueBits[i], power, factor, out Integers[i]))
            {
                Exceptions.Add(i);
            }
        }

        Exceptions.FillGaps(Integers.AsSpan(0, valueBits.Length));
        return Exceptions.Count;
    }
}
