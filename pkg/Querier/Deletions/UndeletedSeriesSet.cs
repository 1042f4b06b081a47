using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Deletions;

/// <summary>Series without their deleted samples. Batches in which nothing is deleted pass as they are.</summary>
internal sealed class UndeletedSeriesSet(ISeriesSet inner, SeriesDeletions deletions, SelectHints hints) : ISeriesSet
{
    private readonly List<QueryRange> _deleted = [];
    private readonly SeriesBatch _kept = new();

    /// <inheritdoc/>
    public SeriesBatch Current { get; set; } = new();

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            inner.Current = Current;
            bool more = await inner.MoveNextAsync(cancellationToken).ConfigureAwait(false);
            if (!more || !AnyDeleted(Current))
            {
                return more;
            }

            // Back into the same batch: who set it may read it by a reference of its own.
            _kept.Clear();
            CopyKept(Current, _kept);
            Current.Clear();
            for (int i = 0; i < _kept.Count; i++)
            {
                Current.AddCopy(_kept, i);
            }

            if (Current.Count > 0)
            {
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private bool AnyDeleted(SeriesBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            foreach (SeriesDeletion deletion in deletions.All)
            {
                if (deletion.Matches(batch.Labels(i).Bytes.Span))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void CopyKept(SeriesBatch from, SeriesBatch to)
    {
        for (int i = 0; i < from.Count; i++)
        {
            LabelSet labels = from.Labels(i);
            if (!deletions.RangesOf(labels.Bytes.Span, _deleted))
            {
                to.AddCopy(from, i);
                continue;
            }

            SampleMark before = to.Samples.Mark;
            KeptSamples.Copy(from, i, _deleted, to.Samples);

            // Without samples asked for it is not known whether some are left, unless all that was asked for is deleted.
            if (to.Samples.Mark != before || (hints.LabelsOnly && !KeptSamples.Covers(_deleted, hints.Range)))
            {
                Memory<byte> own = to.AllocateLabels(labels.Bytes.Length);
                labels.Bytes.CopyTo(own);
                to.AddSeries(new LabelSet(own), before);
            }
        }
    }
}
