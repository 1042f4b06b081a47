using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>
/// Makes windows of one resolution of a series' samples, of finer windows of it, or of both. Exact: count, extremes, first, last and their times are the same bit
/// by bit whichever of them they are made of. So is a sum of samples, which is that of <c>sum_over_time</c>; one of finer windows differs from it by at most
/// half a unit in the last place of each of these windows' sums and one of the result. Resets are compensated likewise; those between windows count in the
/// coarser one.
/// </summary>
/// <remarks>Not safe for concurrent use. Start timestamps tell of resets within a finest window only: windows do not keep them.</remarks>
public sealed class WindowAggregator
{
    private readonly FloatWindowFold _floats;
    private readonly HistogramWindowFold _histograms;

    /// <param name="resolutionMs">Length of the windows, milliseconds, above 0.</param>
    public WindowAggregator(long resolutionMs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resolutionMs, 1);
        ResolutionMs = resolutionMs;
        _floats = new FloatWindowFold(resolutionMs);
        _histograms = new HistogramWindowFold(resolutionMs);
    }

    /// <summary>Length of the windows made, milliseconds.</summary>
    public long ResolutionMs { get; }

    /// <summary>Histograms that could not be read and are left out, of all series so far.</summary>
    public long UnreadableHistograms => _histograms.Unreadable;

    /// <summary>Appends the windows of a series.</summary>
    /// <param name="source">
    /// All samples and windows of the series, sorted and deduplicated; the length of each window divides that of those made.
    /// </param>
    /// <param name="destination">Another buffer, that the windows are appended to.</param>
    /// <exception cref="ArgumentException">The length of a window does not divide that of those made.</exception>
    public void Aggregate(SampleBuffer source, SampleBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        _floats.Begin(destination);
        ReadOnlySpan<long> times = source.Timestamps;
        int from = 0;
        foreach (ref readonly WindowAggregate window in source.Windows)
        {
            CheckResolution(window.ResolutionMs);
            int to = from + CountBelow(times[from..], window.Count > 0 ? window.FirstMs : window.StaleMs);
            AddFloats(source, from, to);
            _floats.AddWindow(window);
            from = to;
        }

        AddFloats(source, from, times.Length);
        _floats.End();

        _histograms.Begin(destination);
        ReadOnlySpan<HistogramSample> histograms = source.Histograms;
        int next = 0;
        foreach (ref readonly HistogramWindow window in source.HistogramWindows)
        {
            CheckResolution(window.ResolutionMs);
            long firstMs = window.Count > 0 ? window.FirstMs : window.StaleMs;
            for (; next < histograms.Length && histograms[next].TimestampMs < firstMs; next++)
            {
                AddHistogram(source, histograms[next]);
            }

            _histograms.AddWindow(window, source);
        }

        for (; next < histograms.Length; next++)
        {
            AddHistogram(source, histograms[next]);
        }

        _histograms.End();
    }

    private static int CountBelow(ReadOnlySpan<long> times, long time)
    {
        int at = times.BinarySearch(time);
        return at >= 0 ? at : ~at;
    }

    private void AddFloats(SampleBuffer source, int from, int to) => _floats.AddSamples(
        source.Timestamps[from..to], source.ValueBits[from..to], source.StartTimestamps.IsEmpty ? [] : source.StartTimestamps[from..to]);

    private void AddHistogram(SampleBuffer source, HistogramSample sample) =>
        _histograms.AddSample(sample.TimestampMs, sample.StartTimestampMs, source.Payload(sample));

    private void CheckResolution(long resolutionMs)
    {
        if (resolutionMs < 1 || ResolutionMs % resolutionMs != 0)
        {
            throw new ArgumentException($"windows of {resolutionMs} ms do not make up one of {ResolutionMs} ms");
        }
    }
}
