using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>
/// Increases and differences of histograms between the bounds of a range with the samples around it, for the selectors <c>anchored</c> and <c>smoothed</c>.
/// Holds scratch for reuse; one owner.
/// </summary>
public sealed class ExtendedHistogramRate
{
    private readonly FloatHistogram _left = new();
    private readonly FloatHistogram _right = new();
    private readonly FloatHistogram _correction = new();

    /// <summary>
    /// The histogram at the end of the range less that at its start, and for counters plus what was there before each reset. Anchored, the value at a bound
    /// is the last sample up to it (at the start the first one, when there is none before); smoothed, it is interpolated between the samples around it.
    /// </summary>
    /// <param name="range">The samples of the range and those around it, as the selector reads them; one or more. Start timestamps are not used.</param>
    /// <param name="startMs">Start of the range, milliseconds since the Unix epoch.</param>
    /// <param name="endMs">End of the range.</param>
    /// <param name="smoothed">Smoothed, else anchored.</param>
    /// <param name="isCounter">Whether to look for resets.</param>
    /// <param name="result">Receives the difference, a gauge, compacted; not yet divided by the time. None of the inputs.</param>
    /// <param name="notes">What there is to tell, also when there is no result.</param>
    /// <returns>False when there is no result: no sample in the range, or exponential and custom buckets in it.</returns>
    public bool TryIncrease(
        in HistogramRange range, long startMs, long endMs, bool smoothed, bool isCounter, FloatHistogram result, out HistogramNotes notes)
    {
        ArgumentNullException.ThrowIfNull(result);
        notes = HistogramNotes.None;
        ReadOnlySpan<long> times = range.TimestampsMs;
        if (times.IsEmpty)
        {
            return false;
        }

        int last = times.Length - 1;
        int first = Math.Max(0, FirstAt(times[..last], startMs + 1) - 1);
        last = smoothed ? FirstAt(times[..last], endMs) : last;
        if (times[last] <= startMs || (smoothed && times[first] > endMs))
        {
            return false;
        }

        ReadOnlySpan<FloatHistogram> histograms = range.Histograms;
        notes = Check(histograms[first..(last + 1)], isCounter);
        if ((notes & HistogramNotes.MixedSchemas) != 0)
        {
            return false;
        }

        notes |= smoothed && times[first] < startMs ? Interpolate(range, first, startMs, isCounter, _left) : Copy(histograms[first], _left);
        notes |= smoothed && last > 0 && times[last] > endMs ? Interpolate(range, last - 1, endMs, isCounter, _right) : Copy(histograms[last], _right);
        notes |= isCounter || (HistogramRate.IsGauge(_left) && HistogramRate.IsGauge(_right)) ? HistogramNotes.None : HistogramNotes.NotGauge;
        result.CopyFrom(_right);
        notes |= HistogramRate.Translate(result.Subtract(_left), HistogramNotes.BoundsReconciledInSubtraction);
        if (isCounter)
        {
            bool leftSpansReset = smoothed && times[first] < startMs && histograms[first + 1].DetectReset(histograms[first]);
            notes |= AddBeforeResets(histograms[first..(last + 1)], leftSpansReset, result);
        }

        result.CounterResetHint = CounterResetHint.Gauge;
        result.Compact(0);
        return (notes & HistogramNotes.MixedSchemas) == 0;
    }

    private static HistogramNotes Check(ReadOnlySpan<FloatHistogram> histograms, bool isCounter)
    {
        HistogramNotes notes = HistogramNotes.None;
        foreach (FloatHistogram histogram in histograms)
        {
            if (histogram.HasCustomBuckets != histograms[0].HasCustomBuckets)
            {
                return notes | HistogramNotes.MixedSchemas;
            }

            notes |= isCounter && HistogramRate.IsGauge(histogram) ? HistogramNotes.NotCounter : HistogramNotes.None;
        }

        return notes;
    }

    private static HistogramNotes Copy(FloatHistogram histogram, FloatHistogram destination)
    {
        destination.CopyFrom(histogram);
        return HistogramNotes.None;
    }

    private static HistogramNotes Interpolate(in HistogramRange range, int index, long timeMs, bool isCounter, FloatHistogram destination) =>
        HistogramInterpolation.At(
            timeMs, range.Histograms[index], range.TimestampsMs[index], range.Histograms[index + 1], range.TimestampsMs[index + 1], isCounter, destination);

    /// <param name="histograms">Those at or around the bounds and between.</param>
    /// <param name="leftSpansReset">The left value was interpolated across a reset, which is thereby accounted for.</param>
    /// <param name="result">Receives the corrections.</param>
    private HistogramNotes AddBeforeResets(ReadOnlySpan<FloatHistogram> histograms, bool leftSpansReset, FloatHistogram result)
    {
        // The first sample is in the left value. The last is always left out: the right value is a copy of it, or inherits its hint by interpolation, and
        // would find itself reset against it.
        int next = leftSpansReset ? 2 : 1;
        if (next > histograms.Length - 1)
        {
            return HistogramNotes.None;
        }

        HistogramNotes notes = HistogramNotes.None;
        FloatHistogram previous = leftSpansReset ? histograms[1] : _left;
        bool corrected = false;
        for (int i = next; i <= histograms.Length - 1; i++)
        {
            FloatHistogram current = i < histograms.Length - 1 ? histograms[i] : _right;
            if (current.DetectReset(previous))
            {
                notes |= corrected
                    ? HistogramRate.Translate(_correction.Add(previous), HistogramNotes.BoundsReconciledInAddition)
                    : Copy(previous, _correction);
                corrected = true;
            }

            previous = current;
        }

        return corrected ? notes | HistogramRate.Translate(result.Add(_correction), HistogramNotes.BoundsReconciledInAddition) : notes;
    }

    /// <summary>Index of the first time that is not before, or the length.</summary>
    private static int FirstAt(ReadOnlySpan<long> times, long timeMs)
    {
        int low = 0;
        int high = times.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (times[middle] >= timeMs)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
