using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// Goes with the steps of an instant selector over samples and windows of one series and finds the newest sample that is known to lie at or before each: a sample,
/// the last of a window that lies before, or the first of the window around. Only the last of these is not what raw samples would give.
/// </summary>
internal ref struct WindowedInstant
{
    private readonly SeriesBatch _batch;
    private readonly ReadOnlySpan<long> _times;
    private readonly ReadOnlySpan<long> _bits;
    private readonly ReadOnlySpan<long> _starts;
    private readonly ReadOnlySpan<HistogramSample> _histograms;
    private readonly ReadOnlySpan<WindowAggregate> _windows;
    private readonly ReadOnlySpan<HistogramWindow> _histogramWindows;
    private readonly Func<int, FloatHistogram> _decode;
    private int _f = -1;
    private int _h = -1;
    private int _w;
    private int _hw;

    /// <param name="batch">Where the series is.</param>
    /// <param name="index">Which one it is.</param>
    /// <param name="decode">Decodes a histogram sample.</param>
    public WindowedInstant(SeriesBatch batch, int index, Func<int, FloatHistogram> decode)
    {
        _batch = batch;
        _times = batch.Timestamps(index);
        _bits = batch.ValueBits(index);
        _starts = batch.StartTimestamps(index);
        _histograms = batch.Histograms(index);
        _windows = batch.Windows(index);
        _histogramWindows = batch.HistogramWindows(index);
        _decode = decode;
    }

    /// <summary>What a sample is taken of.</summary>
    private enum Origin
    {
        /// <summary>There is none.</summary>
        None,

        /// <summary>A float sample.</summary>
        Sample,

        /// <summary>A histogram sample.</summary>
        Histogram,

        /// <summary>The last of a window of floats.</summary>
        LastOfWindow,

        /// <summary>The first of a window of floats that ends later.</summary>
        FirstOfWindow,

        /// <summary>The last of a window of histograms.</summary>
        LastOfHistograms,

        /// <summary>The first of a window of histograms that ends later.</summary>
        FirstOfHistograms,

        /// <summary>A stale marker, which ends the series.</summary>
        Marker,
    }

    /// <summary>The newest known sample at or before a time; times do not decrease from call to call.</summary>
    /// <param name="time">The time.</param>
    /// <param name="lookbackMs">How old it may be; where the time lies inside a window it may be as old as that.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="resolutionMs">Length of the window in which there may be newer ones; 0 when there are none.</param>
    /// <returns>False when there is none, or it ends the series.</returns>
    public bool TryFind(long time, long lookbackMs, out KnownSample sample, out long resolutionMs)
    {
        Advance(time);
        sample = default;
        resolutionMs = 0;
        long newest = long.MinValue;
        Origin origin = Origin.None;
        Consider(_f >= 0 ? _times[_f] : newest, Origin.Sample, ref newest, ref origin);
        Consider(_h >= 0 ? _histograms[_h].TimestampMs : newest, Origin.Histogram, ref newest, ref origin);
        ConsiderWindows(time, ref newest, ref origin, ref resolutionMs);
        ConsiderHistogramWindows(time, ref newest, ref origin, ref resolutionMs);
        if (origin is Origin.None or Origin.Marker || newest <= time - Math.Max(lookbackMs, resolutionMs))
        {
            return false;
        }

        switch (origin)
        {
            case Origin.Sample:
                sample = new(newest, _starts.IsEmpty ? 0 : _starts[_f], BitConverter.Int64BitsToDouble(_bits[_f]), null);
                return _bits[_f] != SampleBits.StaleMarker;
            case Origin.Histogram:
                FloatHistogram histogram = _decode(_h);
                sample = new(newest, _histograms[_h].StartTimestampMs, 0, histogram);
                return !histogram.IsStale;
            case Origin.LastOfWindow:
                sample = new(newest, 0, _windows[_w - 1].Last, null);
                return true;
            case Origin.FirstOfWindow:
                sample = new(newest, 0, _windows[_w].First, null);
                return true;
            case Origin.LastOfHistograms:
                sample = new(newest, 0, 0, StoredWindows.Read(_batch, _histogramWindows[_hw - 1].Last));
                return true;
            default:
                sample = new(newest, 0, 0, StoredWindows.Read(_batch, _histogramWindows[_hw].First));
                return true;
        }
    }

    private static void Consider(long time, Origin candidate, ref long newest, ref Origin origin)
    {
        if (time > newest)
        {
            (newest, origin) = (time, candidate);
        }
    }

    /// <summary>Moves behind all that lies at or before a time; of windows, behind those that have no later sample.</summary>
    private void Advance(long time)
    {
        while (_f + 1 < _times.Length && _times[_f + 1] <= time)
        {
            _f++;
        }

        while (_h + 1 < _histograms.Length && _histograms[_h + 1].TimestampMs <= time)
        {
            _h++;
        }

        while (_w < _windows.Length && (_windows[_w].Count == 0 ? _windows[_w].StaleMs : _windows[_w].LastMs) <= time)
        {
            _w++;
        }

        while (_hw < _histogramWindows.Length && (_histogramWindows[_hw].Count == 0 ? _histogramWindows[_hw].StaleMs : _histogramWindows[_hw].LastMs) <= time)
        {
            _hw++;
        }
    }

    private readonly void ConsiderWindows(long time, ref long newest, ref Origin origin, ref long resolutionMs)
    {
        if (_w > 0)
        {
            ref readonly WindowAggregate before = ref _windows[_w - 1];
            Consider(before.Count == 0 ? newest : before.LastMs, Origin.LastOfWindow, ref newest, ref origin);
            Consider(before.StaleMs != 0 && before.StaleMs <= time ? before.StaleMs : newest, Origin.Marker, ref newest, ref origin);
        }

        if (_w < _windows.Length && _windows[_w].Count > 0 && _windows[_w].FirstMs <= time && _windows[_w].StartMs < time)
        {
            Consider(_windows[_w].FirstMs, Origin.FirstOfWindow, ref newest, ref origin);
            resolutionMs = Math.Max(resolutionMs, _windows[_w].FirstMs < time ? _windows[_w].ResolutionMs : 0);
        }
    }

    private readonly void ConsiderHistogramWindows(long time, ref long newest, ref Origin origin, ref long resolutionMs)
    {
        if (_hw > 0)
        {
            ref readonly HistogramWindow before = ref _histogramWindows[_hw - 1];
            Consider(before.Count == 0 ? newest : before.LastMs, Origin.LastOfHistograms, ref newest, ref origin);
            Consider(before.StaleMs != 0 && before.StaleMs <= time ? before.StaleMs : newest, Origin.Marker, ref newest, ref origin);
        }

        if (_hw < _histogramWindows.Length && _histogramWindows[_hw].Count > 0
            && _histogramWindows[_hw].FirstMs <= time && _histogramWindows[_hw].StartMs < time)
        {
            Consider(_histogramWindows[_hw].FirstMs, Origin.FirstOfHistograms, ref newest, ref origin);
            resolutionMs = Math.Max(resolutionMs, _histogramWindows[_hw].FirstMs < time ? _histogramWindows[_hw].ResolutionMs : 0);
        }
    }
}
