using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RemoteStore.Primitives.Numerics;

/// <summary>
/// Compensated sums (Neumaier's variant of Kahan's) of several columns or windows at a time, one in each lane of a vector. Each lane does what the scalar form
/// does, in the same order, so that results are the same to the bit. An infinite sum has a compensation of 0.
/// </summary>
public static class CompensatedSums
{
    private const int Lanes = 8;

    /// <summary>Adds an increment to a sum and its compensation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // four operations, called per sample
    public static void Add(double increment, ref double sum, ref double compensation)
    {
        double total = sum + increment;
        if (double.IsInfinity(total))
        {
            compensation = 0;
        }
        else if (Math.Abs(sum) >= Math.Abs(increment))
        {
            compensation += sum - total + increment;
        }
        else
        {
            compensation += increment - total + sum;
        }

        sum = total;
    }

    /// <summary>Adds a column of increments to a column of sums.</summary>
    /// <param name="increments">What is added.</param>
    /// <param name="sums">As long as <paramref name="increments"/> at least.</param>
    /// <param name="compensations">Likewise.</param>
    public static void AddColumn(ReadOnlySpan<double> increments, Span<double> sums, Span<double> compensations)
    {
        sums = sums[..increments.Length];
        compensations = compensations[..increments.Length];
        int at = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; at + Lanes <= increments.Length; at += Lanes)
            {
                Vector512<double> sum = Vector512.Create(sums.Slice(at, Lanes));
                Vector512<double> compensation = Vector512.Create(compensations.Slice(at, Lanes));
                Add(Vector512.Create(increments.Slice(at, Lanes)), ref sum, ref compensation);
                sum.CopyTo(sums[at..]);
                compensation.CopyTo(compensations[at..]);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; at + (Lanes / 2) <= increments.Length; at += Lanes / 2)
            {
                Vector256<double> sum = Vector256.Create(sums.Slice(at, Lanes / 2));
                Vector256<double> compensation = Vector256.Create(compensations.Slice(at, Lanes / 2));
                Add(Vector256.Create(increments.Slice(at, Lanes / 2)), ref sum, ref compensation);
                sum.CopyTo(sums[at..]);
                compensation.CopyTo(compensations[at..]);
            }
        }

        AddColumnScalar(increments[at..], sums[at..], compensations[at..]);
    }

    /// <summary>Same as <see cref="AddColumn"/>, one by one.</summary>
    public static void AddColumnScalar(ReadOnlySpan<double> increments, Span<double> sums, Span<double> compensations)
    {
        for (int i = 0; i < increments.Length; i++)
        {
            Add(increments[i], ref sums[i], ref compensations[i]);
        }
    }

    /// <summary>True when a sum of two columns is infinite somewhere.</summary>
    public static bool AnyInfinite(ReadOnlySpan<double> increments, ReadOnlySpan<double> sums)
    {
        sums = sums[..increments.Length];
        int at = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var infinity = Vector512.Create(double.PositiveInfinity);
            for (; at + Lanes <= increments.Length; at += Lanes)
            {
                Vector512<double> total = Vector512.Create(increments.Slice(at, Lanes)) + Vector512.Create(sums.Slice(at, Lanes));
                if (Vector512.EqualsAny(Vector512.Abs(total), infinity))
                {
                    return true;
                }
            }
        }

        for (; at < increments.Length; at++)
        {
            if (double.IsInfinity(increments[at] + sums[at]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sums of windows over a column, each begun with its first value.</summary>
    /// <param name="values">The column.</param>
    /// <param name="first">First index of each window.</param>
    /// <param name="end">One past the last index of each window; above <paramref name="first"/>, and within the column.</param>
    /// <param name="sums">Gets the sum of each window.</param>
    /// <param name="compensations">Gets its compensation.</param>
    /// <param name="scratch">Memory, best a little longer than the column; with less windows may be summed one by one.</param>
    public static void SumWindows(
        ReadOnlySpan<double> values,
        ReadOnlySpan<int> first,
        ReadOnlySpan<int> end,
        Span<double> sums,
        Span<double> compensations,
        Span<double> scratch)
    {
        end = end[..first.Length];
        sums = sums[..first.Length];
        compensations = compensations[..first.Length];
        int at = 0;
        if (StridedWindows.TryDeal(values, first, end, scratch, out StridedWindows windows))
        {
            for (; at + Lanes <= first.Length; at += Lanes)
            {
                SumLanes(
                    windows, at, values, first.Slice(at, Lanes), end.Slice(at, Lanes), sums.Slice(at, Lanes), compensations.Slice(at, Lanes));
            }
        }

        SumWindowsScalar(values, first[at..], end[at..], sums[at..], compensations[at..]);
    }

    /// <summary>Same as <see cref="SumWindows"/>, one by one.</summary>
    public static void SumWindowsScalar(
        ReadOnlySpan<double> values, ReadOnlySpan<int> first, ReadOnlySpan<int> end, Span<double> sums, Span<double> compensations)
    {
        for (int i = 0; i < first.Length; i++)
        {
            ReadOnlySpan<double> window = values[first[i]..end[i]];
            double sum = window[0];
            double compensation = 0;
            foreach (double value in window[1..])
            {
                Add(value, ref sum, ref compensation);
            }

            (sums[i], compensations[i]) = (sum, compensation);
        }
    }

    private static void SumLanes(
        StridedWindows windows,
        int row,
        ReadOnlySpan<double> values,
        ReadOnlySpan<int> first,
        ReadOnlySpan<int> end,
        Span<double> sums,
        Span<double> compensations)
    {
        int common = StridedWindows.CommonLength(first, end);
        int column = 0;
        Vector512<double> sum = windows.At(0, row);
        Vector512<double> compensation = Vector512<double>.Zero;
        for (int i = 1; i < common; i++)
        {
            windows.Advance(ref column, ref row);
            Add(windows.At(column, row), ref sum, ref compensation);
        }

        sum.CopyTo(sums);
        compensation.CopyTo(compensations);
        for (int lane = 0; lane < Lanes; lane++)
        {
            foreach (double value in values[(first[lane] + common)..end[lane]])
            {
                Add(value, ref sums[lane], ref compensations[lane]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // has to stay in registers
    internal static void Add(Vector512<double> increment, ref Vector512<double> sum, ref Vector512<double> compensation)
    {
        Vector512<double> total = sum + increment;
        Vector512<double> lost = Vector512.ConditionalSelect(
            Vector512.GreaterThanOrEqual(Vector512.Abs(sum), Vector512.Abs(increment)), sum - total + increment, increment - total + sum);
        Vector512<double> infinite = Vector512.Equals(Vector512.Abs(total), Vector512.Create(double.PositiveInfinity));
        compensation = Vector512.AndNot(compensation + lost, infinite);
        sum = total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // has to stay in registers
    private static void Add(Vector256<double> increment, ref Vector256<double> sum, ref Vector256<double> compensation)
    {
        Vector256<double> total = sum + increment;
        Vector256<double> lost = Vector256.ConditionalSelect(
            Vector256.GreaterThanOrEqual(Vector256.Abs(sum), Vector256.Abs(increment)), sum - total + increment, increment - total + sum);
        Vector256<double> infinite = Vector256.Equals(Vector256.Abs(total), Vector256.Create(double.PositiveInfinity));
        compensation = Vector256.AndNot(compensation + lost, infinite);
        sum = total;
    }
}
