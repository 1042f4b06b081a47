using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Distributor.Deletions;

/// <summary>Takes the samples out of a request that lie where their series is deleted.</summary>
internal sealed class BatchSieve(SeriesDeletions deletions, LabelCanonicalizer canonicalizer)
{
    private readonly List<QueryRange> _deleted = [];
    private readonly List<(string? Detail, long Samples)> _refusals = [];

    /// <summary>Samples and histograms taken out.</summary>
    public long Refused { get; private set; }

    /// <summary>Copies what is left of a request. Series that are not well formed are left for the store to refuse.</summary>
    public WriteBatch Sift(WriteBatch batch)
    {
        var rest = new WriteBatch();
        batch.Bytes.CopyTo(rest.Reset(batch.BytesLength)); // offsets stay as they are
        foreach (ref readonly WriteSeries series in batch.Series)
        {
            Copy(batch, series, rest);
        }

        rest.Metadata.AddRange(batch.Metadata);
        rest.Refused.AddRange(batch.Refused);
        return rest;
    }

    /// <summary>Adds what was taken out to the refusals of the rest.</summary>
    public void Tell(RejectTally rejects)
    {
        foreach ((string? detail, long samples) in _refusals)
        {
            rejects.Add(AppendStatus.SeriesDeleted, samples, detail);
        }
    }

    private void Copy(WriteBatch from, in WriteSeries series, WriteBatch to)
    {
        ReadOnlySpan<byte> raw = from.Slice(series.LabelsOffset, series.LabelsLength);
        bool isDeleted = canonicalizer.Canonicalize(raw, out ReadOnlySpan<byte> labels) == AppendStatus.Ok && deletions.RangesOf(labels, _deleted);
        int firstSample = to.SampleCount;
        int firstHistogram = to.Histograms.Count;
        int firstExemplar = to.Exemplars.Count;
        for (int i = series.SampleStart; i < series.SampleStart + series.SampleCount; i++)
        {
            if (!isDeleted || !IsGone(from.Timestamps[i]))
            {
                to.AddSample(from.Timestamps[i], from.ValueBits[i], from.HasStartTimestamps ? from.StartTimestamps[i] : 0);
            }
        }

        foreach (WriteHistogram histogram in from.Histograms.GetRange(series.HistogramStart, series.HistogramCount))
        {
            if (!isDeleted || !IsGone(histogram.TimestampMs))
            {
                to.Histograms.Add(histogram);
            }
        }

        foreach (WriteExemplar exemplar in from.Exemplars.GetRange(series.ExemplarStart, series.ExemplarCount))
        {
            if (!isDeleted || !IsGone(exemplar.TimestampMs))
            {
                to.Exemplars.Add(exemplar);
            }
        }

        int refused = series.SampleCount + series.HistogramCount - (to.SampleCount - firstSample) - (to.Histograms.Count - firstHistogram);
        if (refused > 0)
        {
            Refused += refused;
            _refusals.Add((_refusals.Count < RejectTally.MaxDetails ? Describe(labels) : null, refused));
        }

        if (refused == 0 || to.SampleCount > firstSample || to.Histograms.Count > firstHistogram)
        {
            to.AddSeries(new(
                series.LabelsOffset, series.LabelsLength, firstSample, to.SampleCount - firstSample, firstHistogram, to.Histograms.Count - firstHistogram,
                firstExemplar, to.Exemplars.Count - firstExemplar));
        }
        else
        {
            to.RollBack(firstSample, firstHistogram, firstExemplar);
        }
    }

    private bool IsGone(long timestampMs) => KeptSamples.Covers(_deleted, new(timestampMs, timestampMs));

    private string Describe(ReadOnlySpan<byte> labels) =>
        $"series {LabelSetBuilder.Describe(labels)} is being deleted from {_deleted[0].MinTime} to {_deleted[^1].MaxTime}: send samples of these times again when that is over";
}
