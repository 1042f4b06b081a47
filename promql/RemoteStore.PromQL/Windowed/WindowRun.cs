using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// All that there is of the floats or histograms of one series, as one run of windows: samples between windows are windows of one sample, samples inside the span
/// of one are added to it.
/// </summary>
internal sealed class WindowRun(QueryMemory memory) : IDisposable
{
    private readonly WindowedMemory _joined = new(memory);
    private int[] _sample = []; // for each window of the run: the index of the sample that it is, or negative
    private int[] _windowsBefore = []; // how many of those before each are no samples
    private HistogramPiece[] _histograms = [];
    private long _charged;
    private bool _hasSamples;

    /// <summary>The histograms of the run, one for each window; empty for a run of floats.</summary>
    public ReadOnlySpan<HistogramPiece> Histograms => _histograms;

    /// <summary>Joins floats.</summary>
    /// <returns>The run: ascending, disjoint, each with a sample; valid until the next call.</returns>
    public ReadOnlySpan<WindowAggregate> Join(in RangeColumns columns)
    {
        _hasSamples = !columns.Times.IsEmpty;
        if (!_hasSamples && !HasEmpty(columns.Windows))
        {
            return columns.Windows;
        }

        Span<WindowAggregate> run = Begin(columns.Times.Length + columns.Windows.Length);
        int count = 0;
        int next = 0;
        foreach (ref readonly WindowAggregate window in columns.Windows)
        {
            for (; next < columns.Times.Length && columns.Times[next] <= window.StartMs; next++)
            {
                Put(run, count++, WindowAggregate.OfSample(columns.Times[next], columns.Values[next]), next);
            }

            WindowAggregate all = window;
            for (; next < columns.Times.Length && columns.Times[next] <= window.EndMs; next++)
            {
                all = all.Combine(WindowAggregate.OfSample(columns.Times[next], columns.Values[next]));
            }

            if (all.Count > 0)
            {
                Put(run, count++, all, -1);
            }
        }

        for (; next < columns.Times.Length; next++)
        {
            Put(run, count++, WindowAggregate.OfSample(columns.Times[next], columns.Values[next]), next);
        }

        return run[..count];
    }

    /// <summary>Joins histograms.</summary>
    /// <returns>The spans of the run, as <see cref="Join"/>; their values have no meaning.</returns>
    public ReadOnlySpan<WindowAggregate> JoinHistograms(in RangeColumns columns)
    {
        _hasSamples = !columns.HistogramTimes.IsEmpty;
        ReadOnlySpan<WindowAggregate> windows = columns.HistogramWindows;
        Span<WindowAggregate> run = Begin(columns.HistogramTimes.Length + windows.Length);
        FitHistograms(run.Length);
        int count = 0;
        int next = 0;
        for (int i = 0; i < windows.Length; i++)
        {
            for (; next < columns.HistogramTimes.Length && columns.HistogramTimes[next] <= windows[i].StartMs; next++)
            {
                PutSample(run, count++, columns, next);
            }

            (WindowAggregate all, HistogramPiece piece) = (windows[i], columns.HistogramPieces[i]);
            for (; next < columns.HistogramTimes.Length && columns.HistogramTimes[next] <= windows[i].EndMs; next++)
            {
                (all, piece) = Add(all, piece, columns.HistogramTimes[next], columns.Histograms[next]);
            }

            _histograms[count] = piece;
            Put(run, count++, all, -1);
        }

        for (; next < columns.HistogramTimes.Length; next++)
        {
            PutSample(run, count++, columns, next);
        }

        return run[..count];
    }

    /// <summary>True when the windows from one index to another are samples of the series, of which <paramref name="first"/> is the first.</summary>
    public bool AreSamples(int from, int end, out int first)
    {
        first = 0;
        if (from == end)
        {
            return true;
        }

        if (!_hasSamples || _windowsBefore[end] != _windowsBefore[from])
        {
            return false;
        }

        first = _sample[from];
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _joined.Dispose();
        memory.Return(_sample);
        memory.Return(_windowsBefore);
        memory.Release(_charged);
        (_sample, _windowsBefore, _histograms, _charged) = ([], [], [], 0);
    }

    private static bool HasEmpty(ReadOnlySpan<WindowAggregate> windows)
    {
        foreach (ref readonly WindowAggregate window in windows)
        {
            if (window.Count == 0)
            {
                return true; // a stale marker alone: no range contains it
            }
        }

        return false;
    }

    /// <summary>A histogram more in a window. Whether it was a reset is not known: it came later than what the window was made of.</summary>
    private static (WindowAggregate Span, HistogramPiece Piece) Add(in WindowAggregate span, HistogramPiece piece, long time, FloatHistogram histogram)
    {
        FloatHistogram sum = HistogramMath.Copy(piece.Sum);
        sum.Add(histogram);
        bool isFirst = time < span.FirstMs;
        bool isLast = time > span.LastMs;
        return (
            span with
            {
                Count = span.Count + 1,
                FirstMs = isFirst ? time : span.FirstMs,
                LastMs = isLast ? time : span.LastMs,
            },
            piece with { First = isFirst ? histogram : piece.First, Last = isLast ? histogram : piece.Last, Sum = sum });
    }

    private Span<WindowAggregate> Begin(int length)
    {
        if (_sample.Length < length + 1)
        {
            memory.Grow(ref _sample, 0, length + 1);
        }

        if (_windowsBefore.Length < length + 1)
        {
            memory.Grow(ref _windowsBefore, 0, length + 1);
        }

        _windowsBefore[0] = 0;
        return _joined.Fit(length);
    }

    private void FitHistograms(int length)
    {
        if (_histograms.Length < length)
        {
            long more = (length - _histograms.Length) * (long)IntPtr.Size;
            memory.Charge(more);
            _charged += more;
            _histograms = new HistogramPiece[length];
        }
    }

    private void PutSample(Span<WindowAggregate> run, int at, in RangeColumns columns, int sample)
    {
        _histograms[at] = HistogramPiece.Of(columns.Histograms[sample]);
        Put(run, at, WindowAggregate.OfSample(columns.HistogramTimes[sample], 0), sample);
    }

    private void Put(Span<WindowAggregate> run, int at, in WindowAggregate window, int sample)
    {
        run[at] = window;
        _sample[at] = sample;
        _windowsBefore[at + 1] = _windowsBefore[at] + (sample < 0 ? 1 : 0);
    }
}
