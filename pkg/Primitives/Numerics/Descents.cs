using System.Numerics;
using System.Runtime.Intrinsics;

namespace RemoteStore.Primitives.Numerics;

/// <summary>Finds where a column falls.</summary>
public static class Descents
{
    /// <summary>First index from <paramref name="from"/> on whose value is below the one before it; -1 when there is none. NaN is never below, and nothing is below it.</summary>
    /// <param name="values">The column.</param>
    /// <param name="from">Above 0.</param>
    public static int Next(ReadOnlySpan<double> values, int from)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(from);
        int at = from;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; at + Vector512<double>.Count <= values.Length; at += Vector512<double>.Count)
            {
                ulong below = Vector512.LessThan(
                    Vector512.Create(values.Slice(at, Vector512<double>.Count)), Vector512.Create(values.Slice(at - 1, Vector512<double>.Count))).ExtractMostSignificantBits();
                if (below != 0)
                {
                    return at + BitOperations.TrailingZeroCount(below);
                }
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; at + Vector256<double>.Count <= values.Length; at += Vector256<double>.Count)
            {
                uint below = Vector256.LessThan(
                    Vector256.Create(values.Slice(at, Vector256<double>.Count)), Vector256.Create(values.Slice(at - 1, Vector256<double>.Count))).ExtractMostSignificantBits();
                if (below != 0)
                {
                    return at + BitOperations.TrailingZeroCount(below);
                }
            }
        }

        return NextScalar(values, at);
    }

    /// <summary>Same as <see cref="Next"/>, one by one.</summary>
    public static int NextScalar(ReadOnlySpan<double> values, int from)
    {
        for (int i = from; i < values.Length; i++)
        {
            if (values[i] < values[i - 1])
            {
                return i;
            }
        }

        return -1;
    }
}
