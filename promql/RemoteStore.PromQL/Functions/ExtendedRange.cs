namespace RemoteStore.PromQL.Functions;

/// <summary>Ranges of <c>anchored</c> selectors, which reach back to the sample before them, and of <c>smoothed</c> ones, which are interpolated at both ends.</summary>
internal static class ExtendedRange
{
    /// <summary>Index of the first time after <paramref name="time"/> (or, with <paramref name="orAt"/>, at or after it), looking at all but the last; the last when there is none.</summary>
    public static int Search(ReadOnlySpan<long> times, long time, bool orAt)
    {
        int low = 0;
        int high = Math.Max(0, times.Length - 1);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (times[middle] > time || (orAt && times[middle] == time))
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

    /// <summary>The samples that bound the range; false when there is nothing to measure.</summary>
    public static bool TryFind(ReadOnlySpan<long> times, long startMs, long endMs, bool smoothed, out int first, out int last)
    {
        first = Math.Max(0, Search(times, startMs, orAt: false) - 1);
        last = smoothed ? Search(times, endMs, orAt: true) : times.Length - 1;
        return last >= 0 && times[last] > startMs && !(smoothed && times[first] > endMs);
    }

    /// <summary>Value at the left end.</summary>
    public static double Left(ReadOnlySpan<long> times, ReadOnlySpan<double> values, int first, long startMs, bool smoothed, bool isCounter) =>
        smoothed && times[first] < startMs ? Interpolate(times, values, first, startMs, isCounter) : values[first];

    /// <summary>Value at the right end.</summary>
    public static double Right(ReadOnlySpan<long> times, ReadOnlySpan<double> values, int last, long endMs, bool smoothed, bool isCounter) =>
        smoothed && last > 0 && times[last] > endMs ? Interpolate(times, values, last - 1, endMs, isCounter) : values[last];

    /// <summary>Value at a time between the sample <paramref name="i"/> and the next; a counter that was reset between them rises from zero.</summary>
    public static double Interpolate(ReadOnlySpan<long> times, ReadOnlySpan<double> values, int i, long time, bool isCounter)
    {
        double y1 = isCounter && values[i + 1] < values[i] ? 0 : values[i];
        return y1 + ((values[i + 1] - y1) * (time - times[i]) / (times[i + 1] - times[i]));
    }

    /// <summary>
    /// Where an anchored range begins in floats and histograms: at the latest sample at or before its left end. False when no sample follows.
    /// </summary>
    public static bool TryAnchor(ReadOnlySpan<long> floats, ReadOnlySpan<long> histograms, long startMs, out int firstFloat, out int firstHistogram)
    {
        int f = LastAtOrBefore(floats, startMs);
        int h = LastAtOrBefore(histograms, startMs);
        firstFloat = 0;
        firstHistogram = 0;
        if (f + 1 >= floats.Length && h + 1 >= histograms.Length)
        {
            return false;
        }

        if (f >= 0 || h >= 0)
        {
            bool floatAnchor = h < 0 || (f >= 0 && floats[f] >= histograms[h]);
            firstFloat = floatAnchor ? f : f + 1;
            firstHistogram = floatAnchor ? h + 1 : h;
        }

        return true;
    }

    private static int LastAtOrBefore(ReadOnlySpan<long> times, long time)
    {
        int at = times.BinarySearch(time);
        return at >= 0 ? at : ~at - 1;
    }
}
