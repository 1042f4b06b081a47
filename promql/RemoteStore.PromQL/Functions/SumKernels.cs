using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary><c>sum_over_time</c>.</summary>
internal sealed class SumOverTime(RangeCall call) : RangeKernel(call)
{
    private readonly HistogramSums _histograms = new(call);
    private double[] _compensations = [];
    private double[] _scratch = [];

    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        Span<double> compensations = Scratch(ref _compensations, row.Steps);
        Span<double> values = row.Values;
        WholeRows.Sum(columns.Values, windows, values, compensations, ref _scratch);
        windows.Present.CopyTo(row.Present);
        for (int step = 0; step < values.Length; step++)
        {
            values[step] = double.IsInfinity(values[step]) ? values[step] : values[step] + compensations[step];
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.HistogramCount > 0)
        {
            if (window.Count > 0)
            {
                WarnMixed(row);
            }
            else
            {
                _histograms.Sum(window, row);
            }

            return;
        }

        double sum = 0;
        double compensation = 0;
        foreach (double value in window.Values)
        {
            Kahan.Add(value, ref sum, ref compensation);
        }

        row.Set(window.Step, double.IsInfinity(sum) ? sum : sum + compensation);
    }
}

/// <summary><c>avg_over_time</c>: sum over count while the sum is finite, from there on an incremental mean.</summary>
internal sealed class AverageOverTime(RangeCall call) : RangeKernel(call)
{
    private readonly HistogramSums _histograms = new(call);
    private double[] _compensations = [];
    private double[] _scratch = [];

    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        Span<double> compensations = Scratch(ref _compensations, row.Steps);
        Span<double> values = row.Values;
        WholeRows.Sum(columns.Values, windows, values, compensations, ref _scratch);
        windows.Present.CopyTo(row.Present);
        ReadOnlySpan<int> first = windows.First;
        ReadOnlySpan<int> end = windows.End;
        for (int step = 0; step < values.Length; step++)
        {
            int count = end[step] - first[step];
            if (double.IsFinite(values[step]))
            {
                values[step] = (values[step] / count) + (compensations[step] / count);
            }
            else if (count > 0)
            {
                values[step] = Average(columns.Values[first[step]..end[step]]); // it ran over on the way, or has infinite values
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.HistogramCount > 0)
        {
            if (window.Count > 0)
            {
                WarnMixed(row);
            }
            else
            {
                _histograms.Average(window, row);
            }

            return;
        }

        row.Set(window.Step, Average(window.Values));
    }

    private static double Average(ReadOnlySpan<double> values)
    {
        double sum = values[0];
        double compensation = 0;
        double mean = 0;
        bool incremental = false;
        for (int i = 1; i < values.Length; i++)
        {
            double count = i + 1;
            if (!incremental)
            {
                double newSum = sum;
                double newCompensation = compensation;
                Kahan.Add(values[i], ref newSum, ref newCompensation);
                if (!double.IsInfinity(newSum))
                {
                    (sum, compensation) = (newSum, newCompensation);
                    continue;
                }

                incremental = true;
                mean = sum / (count - 1);
                compensation /= count - 1;
            }

            double q = (count - 1) / count;
            mean *= q;
            compensation *= q;
            Kahan.Add(values[i] / count, ref mean, ref compensation);
        }

        return incremental ? mean + compensation : (sum / values.Length) + (compensation / values.Length);
    }
}
