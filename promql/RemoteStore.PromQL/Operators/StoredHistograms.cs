using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>Decodes histograms of batches and, when that is asked for, finds out whether they were reset.</summary>
/// <param name="detectsResets">See <see cref="SeriesSelection"/>.</param>
internal sealed class StoredHistograms(bool detectsResets)
{
    /// <summary>Decodes a histogram.</summary>
    /// <param name="batch">Where its bytes are.</param>
    /// <param name="samples">The histograms of the series.</param>
    /// <param name="index">Which one.</param>
    /// <exception cref="QueryException">Its bytes are no histogram.</exception>
    public FloatHistogram Decode(SeriesBatch batch, ReadOnlySpan<HistogramSample> samples, int index)
    {
        FloatHistogram histogram = Decode(batch, samples[index]);
        if (detectsResets && index > 0 && histogram.CounterResetHint == CounterResetHint.Unknown && !histogram.IsStale)
        {
            FloatHistogram before = Decode(batch, samples[index - 1]);
            if (!before.IsStale)
            {
                histogram.CounterResetHint = histogram.DetectReset(before) ? CounterResetHint.CounterReset : CounterResetHint.NotCounterReset;
            }
        }

        return histogram;
    }

    private static FloatHistogram Decode(SeriesBatch batch, HistogramSample sample)
    {
        var histogram = new FloatHistogram();
        return histogram.TryRead(batch.Samples.Payload(sample))
            ? histogram
            : throw new QueryException(QueryErrorKind.Storage, "a stored histogram cannot be read");
    }
}
