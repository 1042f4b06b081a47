using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RemoteStore.Primitives.Numerics;

/// <summary>
/// Windows over one column that begin a constant distance apart, as those of a regular scrape at regular steps do. The column is dealt out into as many columns
/// as that distance is long, so that the same position of eight neighbouring windows lies in a row.
/// </summary>
internal readonly ref struct StridedWindows
{
    /// <summary>Windows that are walked in step.</summary>
    public const int Lanes = 8;

    private const int MaxStride = 64;

    private readonly ReadOnlySpan<double> _columns;
    private readonly int _stride;
    private readonly int _length;

    private StridedWindows(ReadOnlySpan<double> columns, int stride, int length)
    {
        _columns = columns;
        _stride = stride;
        _length = length;
    }

    /// <summary>Deals out a column; false when the windows are not so, are too few, or there is no room.</summary>
    /// <param name="values">The column.</param>
    /// <param name="first">First index of each window.</param>
    /// <param name="end">One past the last index of each window.</param>
    /// <param name="scratch">Memory to deal into.</param>
    /// <param name="windows">The windows.</param>
    /// <exception cref="ArgumentException">A window is empty or not within the column.</exception>
    public static bool TryDeal(
        ReadOnlySpan<double> values, ReadOnlySpan<int> first, ReadOnlySpan<int> end, Span<double> scratch, out StridedWindows windows)
    {
        windows = default;
        if (!Vector512.IsHardwareAccelerated || first.Length < Lanes)
        {
            return false;
        }

        int stride = first[1] - first[0];
        if (stride is < 1 or > MaxStride)
        {
            return false;
        }

        int last = 0;
        for (int i = 0; i < first.Length; i++)
        {
            if (first[i] - first[0] != i * stride)
            {
                return false;
            }

            if (end[i] <= first[i])
            {
                throw new ArgumentException("a window is empty", nameof(end));
            }

            last = Math.Max(last, end[i]);
        }

        ReadOnlySpan<double> span = values[first[0]..last];
        if (stride == 1)
        {
            windows = new StridedWindows(span, 1, span.Length);
            return true;
        }

        int length = (span.Length + stride - 1) / stride;
        if ((long)length * stride > scratch.Length)
        {
            return false;
        }

        for (int column = 0; column < stride; column++)
        {
            Span<double> to = scratch.Slice(column * length, length);
            for (int i = column, at = 0; i < span.Length; i += stride, at++)
            {
                to[at] = span[i];
            }
        }

        windows = new StridedWindows(scratch[..(length * stride)], stride, length);
        return true;
    }

    /// <summary>Length of the shortest of eight windows.</summary>
    public static int CommonLength(ReadOnlySpan<int> first, ReadOnlySpan<int> end)
    {
        int common = int.MaxValue;
        for (int lane = 0; lane < Lanes; lane++)
        {
            common = Math.Min(common, end[lane] - first[lane]);
        }

        return common;
    }

    /// <summary>Goes to the next position of the windows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once per eight samples
    public void Advance(ref int column, ref int row)
    {
        if (++column == _stride)
        {
            column = 0;
            row++;
        }
    }

    /// <summary>The values at one position of eight windows.</summary>
    /// <param name="column">The position, modulo the distance of windows.</param>
    /// <param name="row">Number of the first window, and the position divided by that distance.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once per eight samples
    public Vector512<double> At(int column, int row) => Vector512.Create(_columns.Slice((column * _length) + row, Lanes));
}
