using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary>
/// A smoothed instant selector: the value on the straight line between the samples before and after the time, both within the lookback delta; the last
/// sample's when none follows.
/// </summary>
internal sealed class SmoothedInstant(RangeCall call) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.Count > 0 && window.HistogramCount > 0)
        {
            WarnMixed(row);
        }
        else if (window.Count > 0)
        {
            ComputeFloat(window, row);
        }
        else
        {
            ComputeHistogram(window, row);
        }
    }

    private static void ComputeFloat(in RangeWindow window, StepSeries row)
    {
        ReadOnlySpan<long> times = window.Times;
        int i = FirstAt(times, window.EndMs);
        if (i < times.Length && times[i] == window.EndMs)
        {
            row.Set(window.Step, window.Values[i]);
        }
        else if (i > 0)
        {
            row.Set(
                window.Step,
                i < times.Length ? ExtendedRange.Interpolate(times, window.Values, i - 1, window.EndMs, isCounter: false) : window.Values[i - 1]);
        }
    }

    private static int FirstAt(ReadOnlySpan<long> times, long time)
    {
        int at = times.BinarySearch(time);
        return at >= 0 ? at : ~at;
    }

    private void ComputeHistogram(in RangeWindow window, StepSeries row)
    {
        ReadOnlySpan<long> times = window.HistogramTimes;
        ReadOnlySpan<FloatHistogram> histograms = window.Histograms;
        int i = FirstAt(times, window.EndMs);
        if (i < times.Length && times[i] == window.EndMs)
        {
            row.Set(window.Step, histograms[i]);
            return;
        }

        if (i == 0)
        {
            return;
        }

        if (i == times.Length)
        {
            // The hint says how neighbours relate, nothing of the value that is carried on.
            FloatHistogram carried = HistogramMath.Copy(histograms[i - 1]);
            carried.CounterResetHint = CounterResetHint.Unknown;
            row.Set(window.Step, carried);
            return;
        }

        FloatHistogram before = histograms[i - 1];
        FloatHistogram after = histograms[i];
        if (before.HasCustomBuckets != after.HasCustomBuckets)
        {
            Call.Annotations.Warn(Annotations.AnnotationText.MixedExponentialCustom(RangeCall.MetricName(row)), Call.Position);
            return;
        }

        bool isCounter = before.CounterResetHint != CounterResetHint.Gauge || after.CounterResetHint != CounterResetHint.Gauge;
        double fraction = (double)(window.EndMs - times[i - 1]) / (times[i] - times[i - 1]);
        FloatHistogram result = HistogramMath.Copy(after);
        bool reset = isCounter && after.DetectReset(before);
        HistogramNotes notes = reset ? HistogramNotes.None : result.Subtract(before);
        result.Multiply(fraction);
        if (!reset)
        {
            notes |= result.Add(before);
        }

        if ((notes & HistogramNotes.BoundsReconciled) != 0)
        {
            Call.Annotations.Info(Annotations.AnnotationText.ReconciledBounds(Annotations.AnnotationText.Subtraction), Call.Position);
        }

        row.Set(window.Step, result);
    }
}
