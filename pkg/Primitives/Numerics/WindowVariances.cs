using System.Runtime.Intrinsics;

namespace RemoteStore.Primitives.Numerics;

/// <summary>Variances of windows by Welford's method with compensated sums, several windows at a time; same bits as one by one.</summary>
public static class WindowVariances
{
    private const int Lanes = 8;

    /// <summary>Population variance of windows over a column.</summary>
    /// <param name="values">The column.</param>
    /// <param name="first">First index of each window.</param>
    /// <param name="end">One past the last index of each window; above <paramref name="first"/>, and within the column.</param>
    /// <param name="variances">Gets the variance of each window.</param>
    /// <param name="scratch">Memory, best a little longer than the column; with less windows may be computed one by one.</param>
    public static void Compute(
        ReadOnlySpan<double> values, ReadOnlySpan<int> first, ReadOnlySpan<int> end, Span<double> variances, Span<double> scratch)
    {
        int at = 0;
        if (StridedWindows.TryDeal(values, first, end, scratch, out StridedWindows windows))
        {
            for (; at + Lanes <= first.Length; at += Lanes)
            {
                ComputeLanes(windows, at, values, first.Slice(at, Lanes), end.Slice(at, Lanes), variances.Slice(at, Lanes));
            }
        }

        ComputeScalar(values, first[at..], end[at..], variances[at..]);
    }

    /// <summary>Same as <see cref="Compute"/>, one by one.</summary>
    public static void ComputeScalar(ReadOnlySpan<double> values, ReadOnlySpan<int> first, ReadOnlySpan<int> end, Span<double> variances)
    {
        for (int i = 0; i < first.Length; i++)
        {
            var state = default(State);
            state.Add(values[first[i]..end[i]]);
            variances[i] = state.Variance;
        }
    }

    private static void ComputeLanes(
        StridedWindows windows, int row, ReadOnlySpan<double> values, ReadOnlySpan<int> first, ReadOnlySpan<int> end, Span<double> variances)
    {
        int common = StridedWindows.CommonLength(first, end);
        int column = 0;
        Vector512<double> mean = Vector512<double>.Zero;
        Vector512<double> meanCompensation = Vector512<double>.Zero;
        Vector512<double> squares = Vector512<double>.Zero;
        Vector512<double> squaresCompensation = Vector512<double>.Zero;
        for (int i = 0; i < common; i++)
        {
            Vector512<double> value = windows.At(column, row);
            Vector512<double> delta = value - (mean + meanCompensation);
            CompensatedSums.Add(delta / Vector512.Create((double)(i + 1)), ref mean, ref meanCompensation);
            CompensatedSums.Add(delta * (value - (mean + meanCompensation)), ref squares, ref squaresCompensation);
            windows.Advance(ref column, ref row);
        }

        for (int lane = 0; lane < Lanes; lane++)
        {
            var state = new State(common, mean[lane], meanCompensation[lane], squares[lane], squaresCompensation[lane]);
            state.Add(values[(first[lane] + common)..end[lane]]);
            variances[lane] = state.Variance;
        }
    }

    private struct State(double count, double mean, double meanCompensation, double squares, double squaresCompensation)
    {
        private double _count = count;
        private double _mean = mean;
        private double _meanCompensation = meanCompensation;
        private double _squares = squares;
        private double _squaresCompensation = squaresCompensation;

        public readonly double Variance => (_squares + _squaresCompensation) / _count;

        public void Add(ReadOnlySpan<double> values)
        {
            foreach (double value in values)
            {
                _count++;
                double delta = value - (_mean + _meanCompensation);
                CompensatedSums.Add(delta / _count, ref _mean, ref _meanCompensation);
                CompensatedSums.Add(delta * (value - (_mean + _meanCompensation)), ref _squares, ref _squaresCompensation);
            }
        }
    }
}
