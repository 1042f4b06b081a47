using System.Numerics;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks.Values;

/// <summary>
/// Splits values into a decimal and what the bits differ from it by. A sum of decimals is a decimal with noise in its last bits: at the right exponent the
/// second part becomes small at once, so a few neighbouring pairs of values tell the exponent. A wrong one costs bytes, never correctness.
/// </summary>
internal sealed class ResidualSearch
{
    private const int PairCount = 12;
    private const int MaxExponent = 16;

    /// <summary>The decimals of the run; those of exceptions are filled in.</summary>
    public long[] Integers { get; } = new long[ChunkLimits.MaxSamples];

    /// <summary>Bits of each value less those of its decimal.</summary>
    public long[] Residuals { get; } = new long[ChunkLimits.MaxSamples];

    /// <summary>Values without a decimal near them: NaN, infinities, numbers beyond 2^53 after scaling, and -0.</summary>
    public FloatExceptions Exceptions { get; } = new();

    /// <summary>True when the split promises to take fewer bits than the values' own, and at most every eighth value is an exception.</summary>
    public bool TryFind(ReadOnlySpan<long> valueBits, out int exponent)
    {
        exponent = 0;
        if (valueBits.Length < 3)
        {
            return false;
        }

        int best = BitsAsTheyAre(valueBits);
        bool found = false;
        for (int k = 0; k <= MaxExponent; k++)
        {
            int bits = BitsAt(valueBits, k);
            if (bits < best)
            {
                best = bits;
                exponent = k;
                found = true;
            }
        }

        return found && Split(valueBits, exponent) <= FloatExceptions.MaximumOf(valueBits.Length);
    }

    private static int PairAt(int index, int pairs, int count) => 1 + (int)((uint)index * (uint)(count - 1) / (uint)pairs);

    private static int BitsAsTheyAre(ReadOnlySpan<long> valueBits)
    {
        int pairs = Math.Min(PairCount, valueBits.Length - 1);
        int bits = 0;
        for (int i = 0; i < pairs; i++)
        {
            int at = PairAt(i, pairs, valueBits.Length);
            bits += SignedBits(unchecked(valueBits[at] - valueBits[at - 1]));
        }

        return bits;
    }

    private static int BitsAt(ReadOnlySpan<long> valueBits, int exponent)
    {
        double power = DecimalScale.Powers[exponent];
        int pairs = Math.Min(PairCount, valueBits.Length - 1);
        int bits = 0;
        for (int i = 0; i < pairs; i++)
        {
            int at = PairAt(i, pairs, valueBits.Length);
            if (!DecimalScale.TryRound(valueBits[at], power, out long integer) || !DecimalScale.TryRound(valueBits[at - 1], power, out long before))
            {
                bits += 64;
                continue;
            }

            // The residual is packed as it is, the decimal as a difference.
            bits += SignedBits(integer - before) + SignedBits(unchecked(valueBits[at] - BitConverter.DoubleToInt64Bits(integer / power)));
        }

        return bits;
    }

    private static int SignedBits(long value) => 64 - BitOperations.LeadingZeroCount(Varint.ZigZag(value));

    private int Split(ReadOnlySpan<long> valueBits, int exponent)
    {
        Exceptions.Clear();
        double power = DecimalScale.Powers[exponent];
        for (int i = 0; i < valueBits.Length; i++)
        {
            long bits = valueBits[i];
            if (bits == long.MinValue || !DecimalScale.TryRound(bits, power, out Integers[i]))
            {
                Exceptions.Add(i);
            }
            else
            {
                Residuals[i] = unchecked(bits - BitConverter.DoubleToInt64Bits(Integers[i] / power));
            }
        }

        Exceptions.FillGaps(Integers.AsSpan(0, valueBits.Length));
        Exceptions.FillGaps(Residuals.AsSpan(0, valueBits.Length));
        return Exceptions.Count;
    }
}
