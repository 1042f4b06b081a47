using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary><c>resets</c> and <c>changes</c>: how often neighbouring samples differ in a way. A float next to a histogram always counts.</summary>
internal sealed class ChangeKernel(RangeCall call, bool resets) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        ReadOnlySpan<long> times = window.Times;
        ReadOnlySpan<long> histogramTimes = window.HistogramTimes;
        int f = 0;
        int h = 0;
        if (Call.Anchored && !ExtendedRange.TryAnchor(times, histogramTimes, window.StartMs, out f, out h))
        {
            return;
        }

        int count = 0;
        int previousFloat = -1;
        int previousHistogram = -1;
        while (f < times.Length || h < histogramTimes.Length)
        {
            if (h >= histogramTimes.Length || (f < times.Length && times[f] < histogramTimes[h]))
            {
                count += previousHistogram >= 0 || (previousFloat >= 0 && Differ(window, f)) ? 1 : 0;
                (previousFloat, previousHistogram) = (f++, -1);
            }
            else
            {
                count += previousFloat >= 0 || (previousHistogram >= 0 && DifferHistogram(window, h)) ? 1 : 0;
                (previousFloat, previousHistogram) = (-1, h++);
            }
        }

        row.Set(window.Step, count);
    }

    private bool Differ(in RangeWindow window, int i)
    {
        double before = window.Values[i - 1];
        double now = window.Values[i];
        return resets
            ? now < before || StartTimes.IsReset(window.StartTimes, window.Times, i)
            : now != before && !(double.IsNaN(now) && double.IsNaN(before));
    }

    private bool DifferHistogram(in RangeWindow window, int i)
    {
        FloatHistogram before = window.Histograms[i - 1];
        FloatHistogram now = window.Histograms[i];
        return resets
            ? StartTimes.IsReset(window.HistogramStartTimes, window.HistogramTimes, i) || now.DetectReset(before)
            : !now.ContentEquals(before);
    }
}
