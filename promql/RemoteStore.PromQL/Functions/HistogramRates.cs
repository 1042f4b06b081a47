using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary>Rates of native histograms: what <see cref="RateKernel"/> and <see cref="InstantRateKernel"/> do for floats.</summary>
internal sealed class HistogramRates(RangeCall call)
{
    private readonly HistogramRate _rate = new();
    private readonly ExtendedHistogramRate _extended = new();

    /// <summary><c>rate</c>, <c>increase</c> or <c>delta</c> of a range of histograms.</summary>
    public void Compute(in RangeWindow window, StepSeries row, bool isCounter, bool isRate)
    {
        if (call.Anchored || call.Smoothed)
        {
            ComputeExtended(window, row, isCounter, isRate);
            return;
        }

        ReadOnlySpan<long> times = window.HistogramTimes;
        ReadOnlySpan<FloatHistogram> histograms = window.Histograms;
        FloatHistogram? result = null;
        if (times.Length > 1)
        {
            result = new FloatHistogram();
            HistogramNotes notes = _rate.Increase(new HistogramRange(histograms, times, window.HistogramStartTimes), isCounter, result);
            Tell(notes, row);
            if ((notes & HistogramNotes.MixedSchemas) != 0)
            {
                return;
            }
        }

        long start = isCounter && !window.HistogramStartTimes.IsEmpty ? window.HistogramStartTimes[0] : 0;
        var extrapolation = new Extrapolation(window.StartMs, window.EndMs, times[0], times[^1], times.Length);
        if (extrapolation.StartsInside(start))
        {
            extrapolation.BeginAt(start);
            if (result is null)
            {
                result = HistogramMath.Copy(histograms[0]);
            }
            else if (!TryAddFirst(result, histograms[0], row))
            {
                return;
            }
        }
        else if (result is null)
        {
            return;
        }
        else
        {
            extrapolation.ExtendLeft(
                isCounter && result.Count > 0 && histograms[0].Count >= 0 ? histograms[0].Count / result.Count : double.PositiveInfinity);
        }

        double factor = extrapolation.Factor();
        result.Multiply(isRate ? factor / (call.RangeMs / 1000.0) : factor);
        row.Set(window.Step, result);
    }

    /// <summary><c>irate</c> or <c>idelta</c> of the last two histograms.</summary>
    public void Instant(in RangeWindow window, StepSeries row, bool isRate)
    {
        int last = window.HistogramCount - 1;
        ReadOnlySpan<long> times = window.HistogramTimes[(last - 1)..];
        var result = new FloatHistogram();
        ReadOnlySpan<long> starts = window.HistogramStartTimes.IsEmpty ? [] : window.HistogramStartTimes[(last - 1)..];
        HistogramNotes notes = HistogramRate.Difference(new HistogramRange(window.Histograms[(last - 1)..], times, starts), isRate, result);
        Tell(notes, row);
        if ((notes & HistogramNotes.MixedSchemas) != 0)
        {
            return;
        }

        if (isRate)
        {
            result.Divide((times[1] - times[0]) / 1000.0);
        }

        row.Set(window.Step, result);
    }

    /// <summary>Turns the notes of an operation within a rate into annotations.</summary>
    public void Tell(HistogramNotes notes, StepSeries row)
    {
        if (notes == HistogramNotes.None)
        {
            return;
        }

        string name = RangeCall.MetricName(row);
        if ((notes & HistogramNotes.MixedSchemas) != 0)
        {
            call.Annotations.Warn(AnnotationText.MixedExponentialCustom(name), call.Position);
        }

        if ((notes & HistogramNotes.NotCounter) != 0)
        {
            call.Annotations.Warn(AnnotationText.NotCounter(name), call.Position);
        }

        if ((notes & HistogramNotes.NotGauge) != 0)
        {
            call.Annotations.Warn(AnnotationText.NotGauge(name), call.Position);
        }

        if ((notes & (HistogramNotes.BoundsReconciledInSubtraction | HistogramNotes.BoundsReconciled)) != 0)
        {
            call.Annotations.Info(AnnotationText.ReconciledBounds(AnnotationText.Subtraction), call.Position);
        }

        if ((notes & HistogramNotes.BoundsReconciledInAddition) != 0)
        {
            call.Annotations.Info(AnnotationText.ReconciledBounds(AnnotationText.Addition), call.Position);
        }
    }

    private bool TryAddFirst(FloatHistogram result, FloatHistogram first, StepSeries row)
    {
        HistogramNotes notes = result.Add(first);
        if ((notes & HistogramNotes.MixedSchemas) != 0)
        {
            Tell(HistogramNotes.MixedSchemas, row);
            return false;
        }

        if ((notes & HistogramNotes.BoundsReconciled) != 0)
        {
            Tell(HistogramNotes.BoundsReconciledInAddition, row);
        }

        return true;
    }

    private void ComputeExtended(in RangeWindow window, StepSeries row, bool isCounter, bool isRate)
    {
        var result = new FloatHistogram();
        bool any = _extended.TryIncrease(
            new HistogramRange(window.Histograms, window.HistogramTimes, []), window.StartMs, window.EndMs, call.Smoothed, isCounter, result, out HistogramNotes notes);
        Tell(notes, row);
        if (!any)
        {
            return;
        }

        if (isRate)
        {
            result.Divide(call.RangeMs / 1000.0);
        }

        row.Set(window.Step, result);
    }
}
