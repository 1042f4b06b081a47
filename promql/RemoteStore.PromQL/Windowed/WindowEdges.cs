using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// <c>first_over_time</c>, <c>last_over_time</c> and their times. Where the range ends inside a window, the first sample of that one is the last that is known.
/// </summary>
internal sealed class WindowEdges(RangeCall call, WindowNotes notes, bool last, bool timestamp) : WindowKernel(call, notes)
{
    /// <inheritdoc/>
    public override void Compute(in WindowStep step, StepSeries row)
    {
        (long time, double value, FloatHistogram? histogram) = last ? Last(step) : First(step);
        if (timestamp)
        {
            row.Set(step.Step, time / 1000.0);
        }
        else if (histogram is null)
        {
            row.Set(step.Step, value);
        }
        else
        {
            row.Set(step.Step, histogram);
        }
    }

    private static (long Time, double Value, FloatHistogram? Histogram) First(in WindowStep step)
    {
        ReadOnlySpan<WindowAggregate> floats = step.Floats;
        ReadOnlySpan<WindowAggregate> spans = step.Spans;
        return spans.IsEmpty || (!floats.IsEmpty && floats[0].FirstMs < spans[0].FirstMs)
            ? (floats[0].FirstMs, floats[0].First, null)
            : (spans[0].FirstMs, 0, step.Histograms[0].First);
    }

    private static (long Time, double Value, FloatHistogram? Histogram) Last(in WindowStep step)
    {
        ReadOnlySpan<WindowAggregate> floats = step.Floats;
        ReadOnlySpan<WindowAggregate> spans = step.Spans;
        (long Time, double Value, FloatHistogram? Histogram) found = (long.MinValue, 0, null);
        if (step.TryGetCut(out WindowAggregate cut))
        {
            found = (cut.FirstMs, cut.First, null);
        }
        else if (!floats.IsEmpty)
        {
            found = (floats[^1].LastMs, floats[^1].Last, null);
        }

        if (step.TryGetHistogramCut(out WindowAggregate span, out HistogramPiece? piece))
        {
            return span.FirstMs > found.Time ? (span.FirstMs, 0, piece!.First) : found;
        }

        return !spans.IsEmpty && spans[^1].LastMs > found.Time ? (spans[^1].LastMs, 0, step.Histograms[^1].Last) : found;
    }
}
