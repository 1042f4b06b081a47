using RemoteStore.Primitives.Numerics;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary><c>stddev_over_time</c> and <c>stdvar_over_time</c>.</summary>
internal sealed class VarianceOverTime(RangeCall call, bool deviation) : RangeKernel(call)
{
    private double[] _scratch = [];

    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        Span<double> values = row.Values;
        WholeRows.Grow(ref _scratch, columns.Values.Length);
        for (int from = 0; WholeRows.TryNext(windows, ref from, out Range stretch);)
        {
            WindowVariances.Compute(columns.Values, windows.First[stretch], windows.End[stretch], values[stretch], _scratch);
        }

        if (deviation)
        {
            for (int step = 0; step < values.Length; step++)
            {
                values[step] = Math.Sqrt(values[step]);
            }
        }

        windows.Present.CopyTo(row.Present);
        return true;
    }

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
    private readonly SortedWindow _sorted = new();
    private double[] _scratch = new double[64];

    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        ReadOnlySpan<int> first = windows.First;
        ReadOnlySpan<int> end = windows.End;
        Span<double> values = row.Values;
        _sorted.Begin(columns.Values);
        for (int step = Presence.Next(windows.Present, 0); step >= 0; step = Presence.Next(windows.Present, step + 1))
        {
            double quantile = quantiles[step];
            WarnUnlessValid(quantile);
            values[step] = Quantiles.OfSorted(quantile, _sorted.MoveTo(first[step], end[step]));
        }

        windows.Present.CopyTo(row.Present);
        return true;
    }

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.Count == 0)
        {
            return;
        }

        double quantile = quantiles[window.Step];
        WarnUnlessValid(quantile);
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

    private void WarnUnlessValid(double quantile)
    {
        if (double.IsNaN(quantile) || quantile < 0 || quantile > 1)
        {
            Call.Annotations.Warn(Annotations.AnnotationText.InvalidQuantile(quantile), quantilePosition);
        }
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
