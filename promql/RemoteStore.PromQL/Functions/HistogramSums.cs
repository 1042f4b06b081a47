using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary><c>sum_over_time</c> and <c>avg_over_time</c> of native histograms.</summary>
internal sealed class HistogramSums(RangeCall call)
{
    private readonly HistogramSum _sum = new();
    private readonly HistogramAverage _average = new();

    /// <summary>The compensated sum.</summary>
    public void Sum(in RangeWindow window, StepSeries row)
    {
        _sum.Reset();
        foreach (FloatHistogram histogram in window.Histograms)
        {
            _sum.Add(histogram);
        }

        var result = new FloatHistogram();
        bool any = _sum.TryGet(result);
        Put(window.Step, row, any ? result : null, _sum.Notes);
    }

    /// <summary>The compensated average.</summary>
    public void Average(in RangeWindow window, StepSeries row)
    {
        _average.Reset();
        foreach (FloatHistogram histogram in window.Histograms)
        {
            _average.Add(histogram);
        }

        var result = new FloatHistogram();
        bool any = _average.TryGet(result);
        Put(window.Step, row, any ? result : null, _average.Notes);
    }

    /// <summary>Puts a sum or an average in a row, unless there is none, and tells the notes of adding it up.</summary>
    public void Put(int step, StepSeries row, FloatHistogram? result, HistogramNotes notes)
    {
        if ((notes & HistogramNotes.MixedSchemas) != 0)
        {
            call.Annotations.Warn(AnnotationText.MixedExponentialCustom(RangeCall.MetricName(row)), call.Position);
            return;
        }

        if ((notes & HistogramNotes.CounterResetCollision) != 0)
        {
            call.Annotations.Warn(AnnotationText.CounterResetCollision(AnnotationText.Aggregation), call.Position);
        }

        if ((notes & HistogramNotes.BoundsReconciled) != 0)
        {
            call.Annotations.Info(AnnotationText.ReconciledBounds(AnnotationText.Aggregation), call.Position);
        }

        if (result is not null)
        {
            row.Set(step, result);
        }
    }
}
