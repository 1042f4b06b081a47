using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// A run of windows as samples, for ranges that are anchored or smoothed: the first and the last of each. A counter that was reset in a window rises in between to
/// what it had reached before all resets, and falls to zero: so its increase is what it was.
/// </summary>
/// <param name="memory">Where columns are rented.</param>
/// <param name="isCounter">True for functions that look at resets.</param>
internal sealed class ExtendedPoints(QueryMemory memory, bool isCounter) : IDisposable
{
    private const int PerWindow = 4;

    private long[] _times = [];
    private double[] _values = [];
    private long[] _histogramTimes = [];
    private FloatHistogram[] _histograms = [];
    private long _charged;

    /// <summary>Length of the longest window of the last series whose resets could not be told by points; 0 when there is none.</summary>
    public long LostResetsMs { get; private set; }

    /// <summary>The points, valid until the next call. Histograms that are made up are not changed later.</summary>
    public RangeColumns Of(ReadOnlySpan<WindowAggregate> floats, ReadOnlySpan<WindowAggregate> spans, ReadOnlySpan<HistogramPiece> histograms)
    {
        LostResetsMs = 0;
        int count = WriteFloats(floats);
        int histogramCount = WriteHistograms(spans, histograms);
        return new RangeColumns
        {
            Times = _times.AsSpan(0, count),
            Values = _values.AsSpan(0, count),
            HistogramTimes = _histogramTimes.AsSpan(0, histogramCount),
            Histograms = _histograms.AsSpan(0, histogramCount),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        memory.Return(_times);
        memory.Return(_values);
        memory.Return(_histogramTimes);
        memory.Release(_charged);
        (_times, _values, _histogramTimes, _histograms, _charged) = ([], [], [], [], 0);
    }

    private int WriteFloats(ReadOnlySpan<WindowAggregate> windows)
    {
        int room = windows.Length * PerWindow;
        if (_times.Length < room)
        {
            memory.Grow(ref _times, 0, room);
        }

        if (_values.Length < room)
        {
            memory.Grow(ref _values, 0, room);
        }

        int count = 0;
        foreach (ref readonly WindowAggregate window in windows)
        {
            if (window.FirstMs < window.LastMs)
            {
                (_times[count], _values[count++]) = (window.FirstMs, window.First);
            }

            if (isCounter && window.Count > 2 && window.Resets != 0 && TryPlace(window, window.Resets > 0 && window.Resets >= window.First, out long peak, out long zero))
            {
                (_times[count], _values[count++]) = (peak, window.Resets);
                (_times[count], _values[count++]) = (zero, 0);
            }

            (_times[count], _values[count++]) = (window.LastMs, window.Last);
        }

        return count;
    }

    private int WriteHistograms(ReadOnlySpan<WindowAggregate> spans, ReadOnlySpan<HistogramPiece> pieces)
    {
        int room = spans.Length * PerWindow;
        if (_histogramTimes.Length < room)
        {
            memory.Grow(ref _histogramTimes, 0, room);
        }

        if (_histograms.Length < room)
        {
            long more = (room - _histograms.Length) * (long)IntPtr.Size;
            memory.Charge(more);
            _charged += more;
            _histograms = new FloatHistogram[room];
        }

        int count = 0;
        for (int i = 0; i < spans.Length; i++)
        {
            if (spans[i].FirstMs < spans[i].LastMs)
            {
                (_histogramTimes[count], _histograms[count++]) = (spans[i].FirstMs, pieces[i].First);
            }

            if (isCounter && spans[i].Count > 2 && pieces[i].Resets is { } resets && TryPlace(spans[i], true, out long peak, out long zero))
            {
                FloatHistogram reached = HistogramMath.Copy(resets);
                reached.CounterResetHint = CounterResetHint.NotCounterReset;
                FloatHistogram nothing = HistogramMath.Copy(resets);
                nothing.Multiply(0);
                nothing.CounterResetHint = CounterResetHint.CounterReset;
                (_histogramTimes[count], _histograms[count++]) = (peak, reached);
                (_histogramTimes[count], _histograms[count++]) = (zero, nothing);
            }

            (_histogramTimes[count], _histograms[count++]) = (spans[i].LastMs, pieces[i].Last);
        }

        return count;
    }

    /// <summary>Two times between the first and the last sample. False when they are too near, or the values are none of a counter.</summary>
    private bool TryPlace(in WindowAggregate window, bool canRise, out long peak, out long zero)
    {
        peak = window.FirstMs + ((window.LastMs - window.FirstMs) / 2);
        zero = peak + 1;
        if (canRise && peak > window.FirstMs && zero < window.LastMs)
        {
            return true;
        }

        LostResetsMs = Math.Max(LostResetsMs, window.ResolutionMs);
        return false;
    }
}
