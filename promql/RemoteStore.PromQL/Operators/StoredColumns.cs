using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>Samples of stored series as range functions take them: histograms decoded, and without stale markers, which no range contains.</summary>
/// <param name="useStarts">True to hand out start timestamps.</param>
/// <param name="detectsResets">See <see cref="SeriesSelection"/>.</param>
internal sealed class StoredColumns(bool useStarts, bool detectsResets)
{
    private readonly StoredHistograms _stored = new(detectsResets);
    private long[] _times = [];
    private double[] _values = [];
    private long[] _starts = [];
    private long[] _histogramTimes = [];
    private long[] _histogramStarts = [];
    private FloatHistogram[] _histograms = [];

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

        return new RangeColumns
        {
            Times = compact ? _times.AsSpan(0, floats) : batch.Timestamps(index),
            Values = compact ? _values.AsSpan(0, floats) : batch.Values(index),
            StartTimes = compact && !starts.IsEmpty ? _starts.AsSpan(0, floats) : starts,
            HistogramTimes = _histogramTimes.AsSpan(0, histograms),
            Histograms = _histograms.AsSpan(0, histograms),
            HistogramStartTimes = useStarts ? _histogramStarts.AsSpan(0, histograms) : [],
        };
    }

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

    private int DecodeHistograms(SeriesBatch batch, int index)
    {
        ReadOnlySpan<HistogramSample> samples = batch.Histograms(index);
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
            FloatHistogram histogram = _stored.Decode(batch, samples, i);
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
