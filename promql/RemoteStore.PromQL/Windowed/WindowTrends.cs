using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary><c>deriv</c>, <c>predict_linear</c> and <c>double_exponential_smoothing</c>, over <see cref="WindowPoints"/>; regressions weight them.</summary>
/// <param name="call">The call.</param>
/// <param name="notes">Where it tells of estimates.</param>
/// <param name="raw">The function over samples.</param>
/// <param name="ahead">Seconds ahead by step for <c>predict_linear</c>; empty for <c>deriv</c>, null for <c>double_exponential_smoothing</c>.</param>
internal sealed class WindowTrends(RangeCall call, WindowNotes notes, RangeKernel raw, double[]? ahead) : WindowKernel(call, notes)
{
    private long[] _times = [];
    private long[] _weights = [];
    private double[] _values = [];

    /// <inheritdoc/>
    public override void Compute(in WindowStep step, StepSeries row)
    {
        ReadOnlySpan<WindowAggregate> windows = step.Floats;
        if (windows.Length > 0 && step.OfHistograms.Count > 0)
        {
            NoteIgnoredHistograms(row);
        }

        if (_times.Length < windows.Length * WindowPoints.PerWindow)
        {
            _times = new long[windows.Length * WindowPoints.PerWindow];
            _weights = new long[_times.Length];
            _values = new double[_times.Length];
        }

        (int count, bool estimated) = WindowPoints.Write(windows, _times, _values, _weights);
        if (count < 2 && ahead is not null)
        {
            return;
        }

        if (estimated)
        {
            Notes.Estimated(Coarsest(windows));
        }

        ReadOnlySpan<long> times = _times.AsSpan(0, count);
        ReadOnlySpan<double> values = _values.AsSpan(0, count);
        if (ahead is null)
        {
            var columns = new RangeColumns { Times = times, Values = values };
            raw.Compute(new RangeWindow(columns, 0, count, 0, 0) { Step = step.Step, TimeMs = step.TimeMs, StartMs = step.StartMs, EndMs = step.EndMs }, row);
        }
        else if (ahead.Length == 0)
        {
            row.Set(step.Step, LinearRegression.Fit(times, values, _weights.AsSpan(0, count), times[0]).Slope);
        }
        else
        {
            (double slope, double intercept) = LinearRegression.Fit(times, values, _weights.AsSpan(0, count), step.TimeMs);
            row.Set(step.Step, (slope * ahead[step.Step]) + intercept);
        }
    }
}
