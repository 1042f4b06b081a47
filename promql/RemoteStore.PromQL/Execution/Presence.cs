using System.Numerics;

namespace RemoteStore.PromQL.Execution;

/// <summary>Bitmaps that say at which steps a series has a value.</summary>
internal static class Presence
{
    /// <summary>True when the step has a value.</summary>
    public static bool Has(ReadOnlySpan<ulong> bits, int step) => ((bits[step >> 6] >> (step & 63)) & 1) != 0;

    /// <summary>Marks a step.</summary>
    public static void Set(Span<ulong> bits, int step) => bits[step >> 6] |= 1UL << (step & 63);

    /// <summary>Unmarks a step.</summary>
    public static void Clear(Span<ulong> bits, int step) => bits[step >> 6] &= ~(1UL << (step & 63));

    /// <summary>Marks the first <paramref name="count"/> steps, and only those.</summary>
    public static void Fill(Span<ulong> bits, int count)
    {
        bits.Clear();
        bits[..(count >> 6)].Fill(ulong.MaxValue);
        if ((count & 63) != 0)
        {
            bits[count >> 6] = (1UL << (count & 63)) - 1;
        }
    }

    /// <summary>Number of marked steps.</summary>
    public static int Count(ReadOnlySpan<ulong> bits)
    {
        int count = 0;
        foreach (ulong word in bits)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>True when no step is marked.</summary>
    public static bool IsEmpty(ReadOnlySpan<ulong> bits) => !bits.ContainsAnyExcept(0UL);

    /// <summary>The first marked step from <paramref name="from"/> on, or -1.</summary>
    public static int Next(ReadOnlySpan<ulong> bits, int from)
    {
        int word = from >> 6;
        if (word >= bits.Length)
        {
            return -1;
        }

        ulong rest = bits[word] & (ulong.MaxValue << (from & 63));
        while (rest == 0)
        {
            if (++word >= bits.Length)
            {
                return -1;
            }

            rest = bits[word];
        }

        return (word << 6) + BitOperations.TrailingZeroCount(rest);
    }
}
