using RemoteStore.Model.Histograms;
using RemoteStore.Primitives.Numerics;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Aggregations;

/// <summary>
/// <c>sum</c> and <c>avg</c>, compensated. An average is sum over count while the sum is finite, from there on an incremental mean. Floats and histograms at
/// one step of a group do not go together.
/// </summary>
internal sealed class SumFold(QueryContext query, StepGrid grid, int position, bool average) : GroupFold(query, grid, position)
{
    private readonly List<Columns> _groups = [];

    /// <inheritdoc/>
    public override void AddGroup()
    {
        base.AddGroup();
        _groups.Add(new Columns(NewColumn(), NewColumn(), average ? NewColumn() : []));
    }

    /// <inheritdoc/>
    public override void Fold(int group, StepSeries row)
    {
        Columns columns = _groups[group];
        if (row.HasHistograms)
        {
            FoldHistograms(columns, group, row);
        }
        else if (average)
        {
            FoldAverage(columns, Seen(group), row);
        }
        else
        {
            FoldSum(columns, Seen(group), row);
        }
    }

    /// <inheritdoc/>
    public override void Emit(int group, StepSeries row)
    {
        Columns columns = _groups[group];
        Seen(group).CopyTo(row.Present);
        Span<double> values = row.Values;
        ReadOnlySpan<double> sums = columns.Sum.AsSpan(0, values.Length);
        ReadOnlySpan<double> compensations = columns.Compensation.AsSpan(0, values.Length);
        for (int step = 0; step < values.Length; step++)
        {
            values[step] = !average || columns.Count[step] < 0
                ? sums[step] + compensations[step]
                : (sums[step] / columns.Count[step]) + (compensations[step] / columns.Count[step]);
        }

        if (columns.Histograms is not null)
        {
            EmitHistograms(columns, row);
        }
    }

    private static void FoldSum(Columns columns, Span<ulong> seen, StepSeries row)
    {
        ReadOnlySpan<double> values = row.Values;
        ReadOnlySpan<ulong> present = row.Present;
        Span<double> sums = columns.Sum.AsSpan(0, values.Length);
        Span<double> compensations = columns.Compensation.AsSpan(0, values.Length);
        if (IsFull(present, values.Length) && IsFull(seen, values.Length))
        {
            CompensatedSums.AddColumn(values, sums, compensations);
            return;
        }

        for (int word = 0; word < present.Length; word++)
        {
            int first = word << 6;
            int count = Math.Min(64, values.Length - first);
            ulong full = count == 64 ? ulong.MaxValue : (1UL << count) - 1;
            if (present[word] == full && seen[word] == full)
            {
                CompensatedSums.AddColumn(values.Slice(first, count), sums[first..], compensations[first..]);
                continue;
            }

            for (int step = first; step < first + count; step++)
            {
                if (!Presence.Has(present, step))
                {
                    continue;
                }

                if (Presence.Has(seen, step))
                {
                    Kahan.Add(values[step], ref sums[step], ref compensations[step]);
                }
                else
                {
                    Presence.Set(seen, step);
                    sums[step] = values[step];
                    compensations[step] = 0;
                }
            }
        }
    }

    private static void FoldAverage(Columns columns, Span<ulong> seen, StepSeries row)
    {
        ReadOnlySpan<ulong> present = row.Present;
        ReadOnlySpan<double> values = row.Values;
        Span<double> sums = columns.Sum.AsSpan(0, values.Length);
        if (!columns.RanOver && IsFull(present, values.Length) && IsFull(seen, values.Length) && !CompensatedSums.AnyInfinite(values, sums))
        {
            CompensatedSums.AddColumn(values, sums, columns.Compensation);
            foreach (ref double count in columns.Count.AsSpan(0, values.Length))
            {
                count++;
            }

            return;
        }

        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            AverageFloat(columns, seen, step, values[step]);
        }
    }

    private static bool IsFull(ReadOnlySpan<ulong> bits, int steps) => Presence.Count(bits) == steps;

    /// <summary>A negative count says that the sum column holds an incremental mean of that many values.</summary>
    private static void AverageFloat(Columns columns, Span<ulong> seen, int step, double value)
    {
        ref double sum = ref columns.Sum[step];
        ref double compensation = ref columns.Compensation[step];
        ref double count = ref columns.Count[step];
        if (!Presence.Has(seen, step))
        {
            Presence.Set(seen, step);
            (sum, compensation, count) = (value, 0, 1);
            return;
        }

        double total = Math.Abs(count) + 1;
        if (count > 0)
        {
            double newSum = sum;
            double newCompensation = compensation;
            Kahan.Add(value, ref newSum, ref newCompensation);
            if (!double.IsInfinity(newSum))
            {
                (sum, compensation, count) = (newSum, newCompensation, total);
                return;
            }

            columns.RanOver = true;
            sum /= total - 1;
            compensation /= total - 1;
        }

        count = -total;
        double q = (total - 1) / total;
        sum *= q;
        compensation *= q;
        Kahan.Add(value / total, ref sum, ref compensation);
    }

    private void FoldHistograms(Columns columns, int group, StepSeries row)
    {
        HistogramCell?[] cells = columns.Histograms ??= NewCells();
        Span<ulong> seen = Seen(group);
        ReadOnlySpan<ulong> present = row.Present;
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            if (row.Histogram(step) is { } histogram)
            {
                HistogramCell cell = cells[step] ??= NewCell(histogram);
                if (cell.Add(histogram))
                {
                    Query.Annotations.Warn(AnnotationText.MixedExponentialCustom(RangeCall.MetricName(row)), Position);
                }
            }
            else if (average)
            {
                AverageFloat(columns, seen, step, row.Values[step]);
            }
            else if (Presence.Has(seen, step))
            {
                Kahan.Add(row.Values[step], ref columns.Sum[step], ref columns.Compensation[step]);
            }
            else
            {
                Presence.Set(seen, step);
                columns.Sum[step] = row.Values[step];
                columns.Compensation[step] = 0;
            }
        }
    }

    private HistogramCell?[] NewCells()
    {
        Charge((long)Grid.Count * IntPtr.Size);
        return new HistogramCell?[Grid.Count];
    }

    /// <summary>A cell holds a sum and what rounding lost of it, each about as large as what is added first.</summary>
    private HistogramCell NewCell(FloatHistogram first)
    {
        Charge(2 * first.AllocatedBytes);
        return new HistogramCell(average);
    }

    private void EmitHistograms(Columns columns, StepSeries row)
    {
        for (int step = 0; step < row.Steps; step++)
        {
            if (columns.Histograms![step] is not { } cell)
            {
                continue;
            }

            if (row.Has(step))
            {
                Query.Annotations.Warn(AnnotationText.MixedInAggregation, Position);
                row.Remove(step);
                continue;
            }

            HistogramNotes notes = cell.Notes;
            if ((notes & HistogramNotes.CounterResetCollision) != 0 && (notes & HistogramNotes.MixedSchemas) == 0)
            {
                Query.Annotations.Warn(AnnotationText.CounterResetCollision(AnnotationText.Aggregation), Position);
            }

            if ((notes & HistogramNotes.BoundsReconciled) != 0)
            {
                Query.Annotations.Info(AnnotationText.ReconciledBounds(AnnotationText.Aggregation), Position);
            }

            if (cell.Result() is { } result)
            {
                row.Set(step, result);
            }
        }
    }

    private sealed class Columns(double[] sum, double[] compensation, double[] count)
    {
        public double[] Sum { get; } = sum;

        public double[] Compensation { get; } = compensation;

        public double[] Count { get; } = count;

        /// <summary>True when some sum was infinite, so that its column holds a mean.</summary>
        public bool RanOver { get; set; }

        public HistogramCell?[]? Histograms { get; set; }
    }

    /// <summary>The running sum or average of histograms of one group at one step.</summary>
    private sealed class HistogramCell
    {
        private readonly HistogramSum? _sum;
        private readonly HistogramAverage? _average;

        public HistogramCell(bool average)
        {
            if (average)
            {
                _average = new HistogramAverage();
                _average.Reset();
            }
            else
            {
                _sum = new HistogramSum();
                _sum.Reset();
            }
        }

        public HistogramNotes Notes => _sum?.Notes ?? _average!.Notes;

        /// <summary>Adds a histogram; true when that made the sum impossible.</summary>
        public bool Add(FloatHistogram histogram)
        {
            bool before = (Notes & HistogramNotes.MixedSchemas) != 0;
            _sum?.Add(histogram);
            _average?.Add(histogram);
            return !before && (Notes & HistogramNotes.MixedSchemas) != 0;
        }

        public FloatHistogram? Result()
        {
            var result = new FloatHistogram();
            if (!(_sum?.TryGet(result) ?? _average!.TryGet(result)))
            {
                return null;
            }

            result.Compact(0);
            return result;
        }
    }
}
