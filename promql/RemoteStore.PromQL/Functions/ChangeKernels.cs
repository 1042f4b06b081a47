using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary><c>resets</c> and <c>changes</c>: how often neighbouring samples differ in a way. A float next to a histogram always counts.</summary>
internal sealed class ChangeKernel(RangeCall call, bool resets) : RangeKernel(call)
{
    private int[] _counts = []; // changes up to and with a sample, from the first of the series on

    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        if (Call.Anchored)
        {
            return false;
        }

        CountAll(columns);
        ReadOnlySpan<int> first = windows.First;
        ReadOnlySpan<int> end = windows.End;
        Span<double> values = row.Values;
        for (int step = Presence.Next(windows.Present, 0); step >= 0; step = Presence.Next(windows.Present, step + 1))
        {
            values[step] = _counts[end[step] - 1] - _counts[first[step]];
        }

        windows.Present.CopyTo(row.Present);
        return true;
    }

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

    private void CountAll(in RangeColumns columns)
    {
        ReadOnlySpan<double> values = columns.Values;
        if (_counts.Length < values.Length)
        {
            _counts = new int[values.Length];
        }

        int count = 0;
        for (int i = 1; i < values.Length; i++)
        {
            count += Differ(columns.Times, values, columns.StartTimes, i) ? 1 : 0;
            _counts[i] = count;
        }
    }

    private bool Differ(in RangeWindow window, int i) => Differ(window.Times, window.Values, window.StartTimes, i);

    private bool Differ(ReadOnlySpan<long> times, ReadOnlySpan<double> values, ReadOnlySpan<long> starts, int i)
    {
        double before = values[i - 1];
        double now = values[i];
        return resets
            ? now < before || StartTimes.IsReset(starts, times, i)
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
