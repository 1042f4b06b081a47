using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary><c>count_over_time</c>: floats and histograms.</summary>
internal sealed class CountOverTime(RangeCall call) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row) => row.Set(window.Step, window.Count + window.HistogramCount);
}

/// <summary><c>present_over_time</c>, and the inner part of <c>absent_over_time</c>.</summary>
internal sealed class PresentOverTime(RangeCall call) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row) => row.Set(window.Step, 1);
}

/// <summary><c>first_over_time</c> and <c>last_over_time</c>.</summary>
internal sealed class EdgeOverTime(RangeCall call, bool last) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        int f = last ? window.Count - 1 : 0;
        int h = last ? window.HistogramCount - 1 : 0;
        bool floats = window.HistogramCount == 0 ||
            (window.Count > 0 && (last ? window.HistogramTimes[h] < window.Times[f] : window.Times[f] < window.HistogramTimes[h]));
        if (floats)
        {
            row.Set(window.Step, window.Values[f]);
        }
        else
        {
            row.Set(window.Step, window.Histograms[h]);
        }
    }
}

/// <summary><c>ts_of_first_over_time</c> and <c>ts_of_last_over_time</c>, in seconds.</summary>
internal sealed class EdgeTimeOverTime(RangeCall call, bool last) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        long time;
        if (last)
        {
            time = Math.Max(window.Count > 0 ? window.Times[^1] : 0, window.HistogramCount > 0 ? window.HistogramTimes[^1] : 0);
        }
        else
        {
            time = Math.Min(
                window.Count > 0 ? window.Times[0] : long.MaxValue, window.HistogramCount > 0 ? window.HistogramTimes[0] : long.MaxValue);
        }

        row.Set(window.Step, time / 1000.0);
    }
}

/// <summary><c>min_over_time</c>, <c>max_over_time</c> and the times of the extremes.</summary>
internal sealed class ExtremeOverTime(RangeCall call, bool max, bool timestamp) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.Count == 0)
        {
            return;
        }

        if (window.HistogramCount > 0)
        {
            NoteIgnoredHistograms(row);
        }

        ReadOnlySpan<double> values = window.Values;
        int at = 0;
        double extreme = values[0];
        for (int i = 0; i < values.Length; i++)
        {
            double v = values[i];
            bool better = max ? v > extreme || (timestamp && v == extreme) : v < extreme || (timestamp && v == extreme);
            if (better || double.IsNaN(extreme))
            {
                extreme = v;
                at = i;
            }
        }

        row.Set(window.Step, timestamp ? window.Times[at] / 1000.0 : extreme);
    }
}

/// <summary><c>stddev_over_time</c> and <c>stdvar_over_time</c>.</summary>
internal sealed class VarianceOverTime(RangeCall call, bool deviation) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.Count == 0)
        {
            return;
        }

        if (window.HistogramCount > 0)
        {
            NoteIgnoredHistograms(row);
        }

        double count = 0;
        double mean = 0;
        double meanCompensation = 0;
        double squares = 0;
        double squaresCompensation = 0;
        foreach (double value in window.Values)
        {
            count++;
            double delta = value - (mean + meanCompensation);
            Kahan.Add(delta / count, ref mean, ref meanCompensation);
            Kahan.Add(delta * (value - (mean + meanCompensation)), ref squares, ref squaresCompensation);
        }

        double variance = (squares + squaresCompensation) / count;
        row.Set(window.Step, deviation ? Math.Sqrt(variance) : variance);
    }
}

/// <summary><c>quantile_over_time</c>.</summary>
internal sealed class QuantileOverTime(RangeCall call, double[] quantiles, int quantilePosition) : RangeKernel(call)
{
    private double[] _scratch = new double[64];

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.Count == 0)
        {
            return;
        }

        double quantile = quantiles[window.Step];
        if (double.IsNaN(quantile) || quantile < 0 || quantile > 1)
        {
            Call.Annotations.Warn(Annotations.AnnotationText.InvalidQuantile(quantile), quantilePosition);
        }

        if (window.HistogramCount > 0)
        {
            NoteIgnoredHistograms(row);
        }

        if (_scratch.Length < window.Count)
        {
            _scratch = new double[window.Count * 2];
        }

        Span<double> values = _scratch.AsSpan(0, window.Count);
        window.Values.CopyTo(values);
        row.Set(window.Step, Quantiles.Of(quantile, values));
    }
}

/// <summary><c>mad_over_time</c>: the median of the distances from the median; NaN when a value is.</summary>
internal sealed class MadOverTime(RangeCall call) : RangeKernel(call)
{
    private double[] _scratch = new double[64];

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.Count == 0)
        {
            return;
        }

        if (window.HistogramCount > 0)
        {
            NoteIgnoredHistograms(row);
        }

        if (_scratch.Length < window.Count)
        {
            _scratch = new double[window.Count * 2];
        }

        Span<double> values = _scratch.AsSpan(0, window.Count);
        window.Values.CopyTo(values);
        double median = Quantiles.Of(0.5, values);
        if (double.IsNaN(values[0]))
        {
            row.Set(window.Step, double.NaN);
            return;
        }

        foreach (ref double value in values)
        {
            value = Math.Abs(value - median);
        }

        row.Set(window.Step, Quantiles.Of(0.5, values));
    }
}
