using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>Series of a range selector, as stored but for stale markers, which no range contains.</summary>
internal sealed class StorageRangeSource : RangeSource
{
    private readonly QueryContext _query;
    private readonly SelectedSeries _series;
    private long[] _times = [];
    private double[] _values = [];
    private long[] _starts = [];
    private long[] _histogramTimes = [];
    private long[] _histogramStarts = [];
    private FloatHistogram[] _histograms = [];

    public StorageRangeSource(QueryContext query, StepGrid grid, SeriesSelection selection, SelectorWindow window)
    {
        _query = query;
        _series = new SelectedSeries(query, selection, new SelectHints(window.Needed(grid), grid.Count > 1 ? grid.StepMs : 0, selection.Function));
    }

    /// <inheritdoc/>
    public override SeriesTraits Traits => _series.Traits;

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken) => _series.LoadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row, out RangeColumns columns)
    {
        columns = default;
        if (!_series.MoveNext())
        {
            return false;
        }

        SeriesBatch batch = _series.Batch;
        int index = _series.Index;
        row.Begin(batch.Labels(index).Bytes.Span, dropName: false);
        int histograms = DecodeHistograms(batch.Histograms(index));
        bool useStarts = _query.Options.UseStartTimestamps;
        ReadOnlySpan<long> bits = batch.ValueBits(index);
        ReadOnlySpan<long> starts = useStarts ? batch.StartTimestamps(index) : [];
        int floats = bits.Length;
        bool compact = bits.Contains(SampleBits.StaleMarker);
        if (compact)
        {
            floats = DropStale(batch.Timestamps(index), bits, starts);
        }

        columns = new RangeColumns
        {
            Times = compact ? _times.AsSpan(0, floats) : batch.Timestamps(index),
            Values = compact ? _values.AsSpan(0, floats) : batch.Values(index),
            StartTimes = compact && !starts.IsEmpty ? _starts.AsSpan(0, floats) : starts,
            HistogramTimes = _histogramTimes.AsSpan(0, histograms),
            Histograms = _histograms.AsSpan(0, histograms),
            HistogramStartTimes = useStarts ? _histogramStarts.AsSpan(0, histograms) : [],
        };
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _series.DisposeAsync();

    private int DropStale(ReadOnlySpan<long> times, ReadOnlySpan<long> bits, ReadOnlySpan<long> starts)
    {
        if (_times.Length < bits.Length)
        {
            _times = new long[bits.Length * 2];
            _values = new double[bits.Length * 2];
            _starts = new long[bits.Length * 2];
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

    private int DecodeHistograms(ReadOnlySpan<HistogramSample> samples)
    {
        if (_histograms.Length < samples.Length)
        {
            _histograms = new FloatHistogram[samples.Length * 2];
            _histogramTimes = new long[samples.Length * 2];
            _histogramStarts = new long[samples.Length * 2];
        }

        int kept = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            HistogramSample sample = samples[i];
            FloatHistogram histogram = _series.Decode(samples, i);
            if (!histogram.IsStale)
            {
                _histograms[kept] = histogram;
                _histogramTimes[kept] = sample.TimestampMs;
                _histogramStarts[kept++] = sample.StartTimestampMs;
            }
        }

        return kept;
    }
}
