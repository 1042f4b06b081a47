using System.Numerics;

namespace RemoteStore.Chunks.Integers;

/// <summary>Simple passes over runs of integers, modulo 2^64, as wide as the machine allows.</summary>
internal static class LongRuns
{
    /// <summary>Least and greatest number of a run that is not empty.</summary>
    public static void Range(ReadOnlySpan<long> values, out long least, out long greatest)
    {
        least = values[0];
        greatest = values[0];
        int i = 0;
        if (Vector.IsHardwareAccelerated && values.Length >= Vector<long>.Count)
        {
            var low = new Vector<long>(values);
            Vector<long> high = low;
            for (i = Vector<long>.Count; i <= values.Length - Vector<long>.Count; i += Vector<long>.Count)
            {
                var some = new Vector<long>(values[i..]);
                low = Vector.Min(low, some);
                high = Vector.Max(high, some);
            }

            for (int j = 0; j < Vector<long>.Count; j++)
            {
                least = Math.Min(least, low[j]);
                greatest = Math.Max(greatest, high[j]);
            }
        }

        for (; i < values.Length; i++)
        {
            least = Math.Min(least, values[i]);
            greatest = Math.Max(greatest, values[i]);
        }
    }

    /// <summary>The union of the bits of all differences from a number.</summary>
    public static ulong DifferingBits(ReadOnlySpan<long> values, long first)
    {
        var firsts = new Vector<long>(first);
        Vector<long> differing = Vector<long>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            differing |= new Vector<long>(values[i..]) - firsts;
        }

        long all = 0;
        for (int j = 0; j < Vector<long>.Count; j++)
        {
            all |= differing[j];
        }

        for (; i < values.Length; i++)
        {
            all |= unchecked(values[i] - first);
        }

        return (ulong)all;
    }

    /// <summary>Differences from the first number, shifted to the right.</summary>
    public static void ShiftedDifferences(ReadOnlySpan<long> values, int shift, Span<long> destination)
    {
        long first = values[0];
        var firsts = new Vector<long>(first);
        int i = 0;
        for (; i <= values.Length - Vector<long>.Count; i += Vector<long>.Count)
        {
            Vector.ShiftRightArithmetic(new Vector<long>(values[i..]) - firsts, shift).CopyTo(destination[i..]);
        }

        for (; i < values.Length; i++)
        {
            destination[i] = unchecked(values[i] - first) >> shift;
        }
    }

    /// <summary>Differences of neighbours, one fewer than numbers.</summary>
    public static void Differences(ReadOnlySpan<long> values, Span<long> destination)
    {
        int count = values.Length - 1;
        int i = 0;
        for (; i <= count - Vector<long>.Count; i += Vector<long>.Count)
        {
            (new Vector<long>(values[(i + 1)..]) - new Vector<long>(values[i..])).CopyTo(destination[i..]);
        }

        for (; i < count; i++)
        {
            destination[i] = unchecked(values[i + 1] - values[i]);
        }
    }
}
