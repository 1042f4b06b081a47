using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Deletions;

/// <summary>Exemplars without those of deleted samples. Safe for concurrent use.</summary>
/// <param name="inner">All exemplars.</param>
/// <param name="pending">What is deleted.</param>
public sealed class UndeletedExemplars(IExemplarQueryable inner, IPendingDeletions pending) : IExemplarQueryable
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SeriesExemplars>> SelectExemplarsAsync(
        TenantId tenant, QueryRange range, IReadOnlyList<IReadOnlyList<LabelMatcher>> matcherSets, CancellationToken cancellationToken)
    {
        SeriesDeletions deletions = await pending.GetAsync(tenant, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<SeriesExemplars> found = await inner.SelectExemplarsAsync(tenant, range, matcherSets, cancellationToken).ConfigureAwait(false);
        if (deletions.IsEmpty)
        {
            return found;
        }

        var kept = new List<SeriesExemplars>(found.Count);
        var deleted = new List<QueryRange>();
        foreach (SeriesExemplars series in found)
        {
            _ = deletions.RangesOf(series.SeriesLabels.Bytes.Span, deleted);
            Exemplar[] left = [.. series.Exemplars.Where(exemplar => !KeptSamples.Covers(deleted, new(exemplar.TimestampMs, exemplar.TimestampMs)))];
            if (left.Length > 0)
            {
                kept.Add(series with { Exemplars = left });
            }
        }

        return kept;
    }
}
