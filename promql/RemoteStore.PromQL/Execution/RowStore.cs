using RemoteStore.Model.Histograms;

namespace RemoteStore.PromQL.Execution;

/// <summary>Series over all steps, kept side by side: what joins, sorts and results hold. Rows are named by the order in which they were added.</summary>
internal sealed class RowStore : IDisposable
{
    private const int SlabElements = 1 << 14;

    private readonly QueryContext _query;
    private readonly int _words;
    private readonly int _rowsPerSlab;
    private readonly List<double[]> _values = [];
    private readonly List<ulong[]> _present = [];
    private List<FloatHistogram?[]?>? _histograms;
    private byte[] _dropName = [];
    private byte[] _labels = [];
    private int[] _labelEnds = [];
    private int _labelsLength;
    private long _samples;
    private long _charged;
    private FloatHistogram? _lastHistogram;

    public RowStore(QueryContext query, int steps)
    {
        _query = query;
        Steps = steps;
        _words = (steps + 63) >> 6;
        _rowsPerSlab = Math.Clamp(SlabElements / Math.Max(1, steps), 1, 1024);
        try
        {
            _labels = query.Memory.RentBytes(1024);
            _labelEnds = query.Memory.RentInts(16);
            _dropName = query.Memory.RentBytes(16);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Steps of a row.</summary>
    public int Steps { get; }

    /// <summary>Reads all series of an operator.</summary>
    public static async ValueTask<RowStore> ReadAllAsync(QueryContext query, SeriesOperator input, CancellationToken cancellationToken)
    {
        var rows = new RowStore(query, input.Grid.Count);
        try
        {
            using var row = new StepSeries(query.Memory, input.Grid.Count);
            while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (input.TryNext(row))
                {
                    query.ThrowIfCancelled();
                    rows.Add(row);
                }
            }

            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    /// <summary>Labels of a row; valid until a row is added.</summary>
    public ReadOnlySpan<byte> Labels(int row) => _labels.AsSpan((row == 0 ? 0 : _labelEnds[row - 1]).._labelEnds[row]);

    /// <summary>Values of a row.</summary>
    public Span<double> Values(int row) => _values[row / _rowsPerSlab].AsSpan(row % _rowsPerSlab * Steps, Steps);

    /// <summary>Presence of a row.</summary>
    public Span<ulong> Present(int row) => _present[row / _rowsPerSlab].AsSpan(row % _rowsPerSlab * _words, _words);

    /// <summary>True when the metric name is to be dropped at the end.</summary>
    public bool DropName(int row) => _dropName[row] != 0;

    /// <summary>Histograms of a row by step, or null when it has none.</summary>
    public FloatHistogram?[]? Histograms(int row) => _histograms is not null && row < _histograms.Count ? _histograms[row] : null;

    /// <summary>True when the step of the row has a value.</summary>
    public bool Has(int row, int step) => Presence.Has(Present(row), step);

    /// <summary>Adds a copy of a row.</summary>
    public int Add(StepSeries series)
    {
        return Add(series, series.Labels);
    }

    /// <summary>Adds a copy of a row without its labels.</summary>
    public int AddUnnamed(StepSeries series) => Add(series, []);

    private int Add(StepSeries series, ReadOnlySpan<byte> labels)
    {
        int row = Add(labels, series.DropName);
        series.Values.CopyTo(Values(row));
        series.Present.CopyTo(Present(row));
        _samples += _query.Hold(Presence.Count(series.Present));
        if (series.HasHistograms)
        {
            FloatHistogram?[] histograms = HistogramsForWrite(row);
            for (int step = 0; step < Steps; step++)
            {
                histograms[step] = Held(series.Histogram(step));
            }
        }

        return row;
    }

    /// <summary>Adds a row without values.</summary>
    public int Add(ReadOnlySpan<byte> labels, bool dropName)
    {
        if (labels.Length > _labels.Length - _labelsLength)
        {
            _query.Memory.Grow(ref _labels, _labelsLength, (long)_labelsLength + labels.Length);
        }

        if (Count == _labelEnds.Length)
        {
            _query.Memory.Grow(ref _labelEnds, Count, Count + 1L);
        }

        if (Count == _dropName.Length)
        {
            _query.Memory.Grow(ref _dropName, Count, Count + 1L);
        }

        if (Count % _rowsPerSlab == 0)
        {
            AddSlab();
        }

        labels.CopyTo(_labels.AsSpan(_labelsLength));
        _labelsLength += labels.Length;
        _labelEnds[Count] = _labelsLength;
        _dropName[Count] = dropName ? (byte)1 : (byte)0;
        return Count++;
    }

    /// <summary>Gives a step of a row a value, or a histogram when there is one.</summary>
    public void Set(int row, int step, double value, FloatHistogram? histogram)
    {
        Values(row)[step] = value;
        Presence.Set(Present(row), step);
        if (histogram is not null)
        {
            HistogramsForWrite(row)[step] = Held(histogram);
        }
        else if (Histograms(row) is { } histograms)
        {
            histograms[step] = null;
        }
    }

    /// <summary>Changes whether the metric name is to be dropped.</summary>
    public void SetDropName(int row, bool dropName) => _dropName[row] = dropName ? (byte)1 : (byte)0;

    /// <summary>Copies a row out.</summary>
    public void CopyTo(int row, StepSeries target)
    {
        target.Begin(Labels(row), DropName(row));
        Values(row).CopyTo(target.Values);
        Present(row).CopyTo(target.Present);
        if (Histograms(row) is { } histograms)
        {
            for (int step = 0; step < Steps; step++)
            {
                if (histograms[step] is { } histogram && target.Has(step))
                {
                    target.Set(step, histogram);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (double[] slab in _values)
        {
            _query.Memory.Return(slab);
        }

        foreach (ulong[] slab in _present)
        {
            _query.Memory.Return(slab);
        }

        _values.Clear();
        _present.Clear();
        _query.Memory.Return(_labels);
        _query.Memory.Return(_labelEnds);
        _query.Memory.Return(_dropName);
        _labels = [];
        _labelEnds = [];
        _dropName = [];
        _histograms = null;
        _lastHistogram = null;
        _query.Memory.Release(_charged);
        _query.LetGo(_samples);
        _charged = 0;
        _samples = 0;
    }

    private void AddSlab()
    {
        if (_values.Count == _present.Count)
        {
            _values.Add(_query.Memory.RentDoubles(_rowsPerSlab * Steps));
        }

        _present.Add(_query.Memory.RentWords(_rowsPerSlab * _words));
    }

    private FloatHistogram?[] HistogramsForWrite(int row)
    {
        _histograms ??= [];
        while (_histograms.Count <= row)
        {
            _histograms.Add(null);
        }

        if (_histograms[row] is null)
        {
            Charge((long)Steps * IntPtr.Size);
            _histograms[row] = new FloatHistogram?[Steps];
        }

        return _histograms[row]!;
    }

    /// <summary>Counts a histogram that is now held; one that is held at several steps in a row counts once.</summary>
    private FloatHistogram? Held(FloatHistogram? histogram)
    {
        if (histogram is not null && !ReferenceEquals(histogram, _lastHistogram))
        {
            Charge(histogram.AllocatedBytes);
            _lastHistogram = histogram;
        }

        return histogram;
    }

    private void Charge(long bytes)
    {
        _query.Memory.Charge(bytes);
        _charged += bytes;
    }
}
