using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Windowed;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>Samples of stored series as range functions take them: histograms decoded, and without stale markers, which no range contains.</summary>
/// <param name="memory">Where columns are rented and histograms counted.</param>
/// <param name="useStarts">True to hand out start timestamps.</param>
/// <param name="detectsResets">See <see cref="SeriesSelection"/>.</param>
internal sealed class StoredColumns(QueryMemory memory, bool useStarts, bool detectsResets) : IDisposable
{
    private readonly StoredHistograms _stored = new(detectsResets);
    private StoredWindows? _windows; // made for the first series that has some
    private long[] _times = [];
    private double[] _values = [];
    private long[] _starts = [];
    private long[] _histogramTimes = [];
    private long[] _histogramStarts = [];
    private FloatHistogram[] _histograms = [];
    private long _chargedArray;
    private long _chargedHistograms;

    /// <summary>The samples of a series, valid until the next call or until the batch is cleared.</summary>
    public RangeColumns Of(SeriesBatch batch, int index)
    {
        int histograms = DecodeHistograms(batch, index);
        ReadOnlySpan<long> bits = batch.ValueBits(index);
        ReadOnlySpan<long> starts = useStarts ? batch.StartTimestamps(index) : [];
        int floats = bits.Length;
        bool compact = bits.Contains(SampleBits.StaleMarker);
        if (compact)
        {
            floats = DropStale(batch.Timestamps(index), bits, starts);
        }

        var columns = new RangeColumns
        {
            Times = compact ? _times.AsSpan(0, floats) : batch.Timestamps(index),
            Values = compact ? _values.AsSpan(0, floats) : batch.Values(index),
            StartTimes = compact && !starts.IsEmpty ? _starts.AsSpan(0, floats) : starts,
            HistogramTimes = _histogramTimes.AsSpan(0, histograms),
            Histograms = _histograms.AsSpan(0, histograms),
            HistogramStartTimes = useStarts ? _histogramStarts.AsSpan(0, histograms) : [],
        };
        return batch.HasWindows(index) ? WithWindows(columns, batch, index) : columns;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        memory.Return(_times);
        memory.Return(_values);
        memory.Return(_starts);
        memory.Return(_histogramTimes);
        memory.Return(_histogramStarts);
        _times = [];
        _values = [];
        _starts = [];
        _histogramTimes = [];
        _histogramStarts = [];
        _histograms = [];
        _windows?.Dispose();
        memory.Release(_chargedArray + _chargedHistograms);
        _chargedArray = 0;
        _chargedHistograms = 0;
    }

    private RangeColumns WithWindows(RangeColumns columns, SeriesBatch batch, int index)
    {
        _windows ??= new StoredWindows(memory);
        _windows.Decode(batch, index);
        return columns with { Windows = batch.Windows(index), HistogramWindows = _windows.Spans, HistogramPieces = _windows.Histograms };
    }

    private int DropStale(ReadOnlySpan<long> times, ReadOnlySpan<long> bits, ReadOnlySpan<long> starts)
    {
        Fit(ref _times, bits.Length);
        Fit(ref _starts, bits.Length);
        if (_values.Length < bits.Length)
        {
            memory.Grow(ref _values, 0, bits.Length);
        }

        int kept = 0;
        for (int i = 0; i < bits.Length; i++)
        {
            if (SelectedSeries.IsStale(bits[i]))
            {
                continue;
            }

            _times[kept] = times[i];
            _values[kept] = BitConverter.Int64BitsToDouble(bits[i]);
            if (!starts.IsEmpty)
            {
                _starts[kept] = starts[i];
            }

            kept++;
        }

        return kept;
    }

    private int DecodeHistograms(SeriesBatch batch, int index)
    {
        ReadOnlySpan<HistogramSample> samples = batch.Histograms(index);
        memory.Release(_chargedHistograms);
        _chargedHistograms = 0;
        if (_histograms.Length < samples.Length)
        {
            Fit(ref _histogramTimes, samples.Length);
            Fit(ref _histogramStarts, samples.Length);
            int length = Math.Min(_histogramTimes.Length, _histogramStarts.Length);
            long more = (length - _histograms.Length) * (long)IntPtr.Size;
            memory.Charge(more);
            _chargedArray += more;
            _histograms = new FloatHistogram[length];
        }

        int kept = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            HistogramSample sample = samples[i];
            FloatHistogram histogram = _stored.Decode(batch, samples, i);
            if (!histogram.IsStale)
            {
                long bytes = histogram.AllocatedBytes;
                memory.Charge(bytes);
                _chargedHistograms += bytes;
                _histograms[kept] = histogram;
                _histogramTimes[kept] = sample.TimestampMs;
                _histogramStarts[kept++] = sample.StartTimestampMs;
            }
        }

        return kept;
    }

    private void Fit(ref long[] column, int length)
    {
        if (column.Length < length)
        {
            memory.Grow(ref column, 0, length);
        }
    }
}
