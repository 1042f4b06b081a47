using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary><c>irate</c> and <c>idelta</c>: from the last two samples.</summary>
internal sealed class InstantRateKernel(RangeCall call, bool isRate) : RangeKernel(call)
{
    private readonly HistogramRates _histograms = new(call);

    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        ReadOnlySpan<int> first = windows.First;
        ReadOnlySpan<int> end = windows.End;
        Span<double> values = row.Values;
        Span<ulong> present = row.Present;
        for (int step = Presence.Next(windows.Present, 0); step >= 0; step = Presence.Next(windows.Present, step + 1))
        {
            if (end[step] - first[step] >= 2)
            {
                values[step] = OfLast(columns.Times, columns.Values, columns.StartTimes, end[step] - 1);
                Presence.Set(present, step);
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.Count + window.HistogramCount < 2)
        {
            return;
        }

        ReadOnlySpan<long> times = window.Times;
        ReadOnlySpan<long> histogramTimes = window.HistogramTimes;
        int floatsBefore = window.HistogramCount == 0 ? 2 : CountLatest(times, histogramTimes);
        if (floatsBefore == 1)
        {
            WarnMixed(row);
        }
        else if (floatsBefore == 0)
        {
            _histograms.Instant(window, row, isRate);
        }
        else
        {
            row.Set(window.Step, OfLast(times, window.Values, window.StartTimes, times.Length - 1));
        }
    }

    private double OfLast(ReadOnlySpan<long> times, ReadOnlySpan<double> values, ReadOnlySpan<long> starts, int last)
    {
        double value = values[last];
        double before = values[last - 1];
        bool reset = isRate && (value < before || StartTimes.IsReset(starts, times, last));
        double difference = reset ? value : value - before;
        return isRate ? difference / ((times[last] - times[last - 1]) / 1000.0) : difference;
    }

    /// <summary>How many of the latest two samples are floats.</summary>
    private static int CountLatest(ReadOnlySpan<long> floats, ReadOnlySpan<long> histograms)
    {
        int count = 0;
        int f = floats.Length - 1;
        int h = histograms.Length - 1;
        for (int i = 0; i < 2; i++)
        {
            if (h < 0 || (f >= 0 && floats[f] > histograms[h]))
            {
                f--;
                count++;
            }
            else
            {
                h--;
            }
        }

        return count;
    }
}
