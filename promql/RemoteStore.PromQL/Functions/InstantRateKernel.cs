using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary><c>irate</c> and <c>idelta</c>: from the last two samples.</summary>
internal sealed class InstantRateKernel(RangeCall call, bool isRate) : RangeKernel(call)
{
    private readonly HistogramRates _histograms = new(call);

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
            int last = times.Length - 1;
            double value = window.Values[last];
            double before = window.Values[last - 1];
            bool reset = isRate && (value < before || StartTimes.IsReset(window.StartTimes, times, last));
            double difference = reset ? value : value - before;
            row.Set(window.Step, isRate ? difference / ((times[last] - times[last - 1]) / 1000.0) : difference);
        }
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
