using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>The columns of one series, before they are written.</summary>
internal sealed class WindowColumnBuffers
{
    private readonly SampleBuffer[] _columns = [.. WindowFormat.Columns.Select(static _ => new SampleBuffer())];
    private readonly SampleBuffer _count;
    private readonly SampleBuffer _first;
    private readonly SampleBuffer _last;
    private readonly SampleBuffer _max;
    private readonly SampleBuffer _min;
    private readonly SampleBuffer _resets;
    private readonly SampleBuffer _sum;

    public WindowColumnBuffers()
    {
        _count = Of(WindowColumns.Count);
        _first = Of(WindowColumns.First);
        _last = Of(WindowColumns.Last);
        _max = Of(WindowColumns.Max);
        _min = Of(WindowColumns.Min);
        _resets = Of(WindowColumns.Resets);
        _sum = Of(WindowColumns.Sum);
    }

    /// <summary>Labels of the series; a copy.</summary>
    public byte[] Labels { get; private set; } = [];

    /// <summary>Samples of a column, by its position in <see cref="WindowFormat.Columns"/>.</summary>
    public SampleBuffer Column(int column) => _columns[column];

    /// <summary>Takes a series: what the others imply is left out, window by window.</summary>
    public void Fill(LabelSet labels, SampleBuffer windows)
    {
        Labels = labels.Bytes.ToArray();
        foreach (SampleBuffer column in _columns)
        {
            column.Clear();
        }

        foreach (ref readonly WindowAggregate window in windows.Windows)
        {
            Add(window);
        }

        foreach (ref readonly HistogramWindow window in windows.HistogramWindows)
        {
            Add(window, windows);
        }

        _count.SortAndDeduplicate(0, 0); // counts of both kinds are floats
    }

    private SampleBuffer Of(WindowColumns column) => _columns[Array.IndexOf(WindowFormat.Columns, column)];

    private void Add(in WindowAggregate window)
    {
        if (window.Count > 0)
        {
            _last.Add(window.LastMs, Bits(window.Last));
            if (window.Count > 1)
            {
                _count.Add(window.LastMs, Bits(window.Count));
                _first.Add(window.FirstMs, Bits(window.First));
            }

            AddUnlessImplied(_sum, window.LastMs, window.Sum, ImpliedValues.Sum(window.Count, window.Last));
            AddUnlessImplied(_min, window.LastMs, window.Min, ImpliedValues.Min(window.First, window.Last));
            AddUnlessImplied(_max, window.LastMs, window.Max, ImpliedValues.Max(window.First, window.Last));
            AddUnlessImplied(_resets, window.LastMs, window.Resets, 0);
        }

        if (window.StaleMs != 0)
        {
            _last.Add(window.StaleMs, Model.Samples.SampleBits.StaleMarker);
        }
    }

    private void Add(in HistogramWindow window, SampleBuffer source)
    {
        if (window.Count > 0)
        {
            _last.AddHistogram(window.LastMs, 0, source.Payload(window.Last));
            if (window.Count > 1)
            {
                _count.Add(window.LastMs, Bits(window.Count));
                _first.AddHistogram(window.FirstMs, 0, source.Payload(window.First));
                AddUnlessEmpty(_sum, window.LastMs, source.Payload(window.Sum));
            }

            AddUnlessEmpty(_resets, window.LastMs, source.Payload(window.Resets));
        }

        if (window.StaleMs != 0)
        {
            _last.AddHistogram(window.StaleMs, 0, WindowFormat.StaleHistogram);
        }
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    private static void AddUnlessImplied(SampleBuffer column, long timestampMs, double value, double implied)
    {
        if (!ImpliedValues.Same(value, implied))
        {
            column.Add(timestampMs, Bits(value));
        }
    }

    private static void AddUnlessEmpty(SampleBuffer column, long timestampMs, ReadOnlySpan<byte> payload)
    {
        if (!payload.IsEmpty)
        {
            column.AddHistogram(timestampMs, 0, payload);
        }
    }
}
