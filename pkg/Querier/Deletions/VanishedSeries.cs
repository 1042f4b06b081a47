using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Querier.Deletions;

/// <summary>
/// Finds the series that have samples in a range and, because of deletions, none left. Where a deletion covers only a part of the range the samples of its series
/// are read: lists cost more while such a deletion is pending, and only then.
/// </summary>
internal sealed class VanishedSeries(IQuerier inner, SeriesDeletions deletions, QueryRange range)
{
    private const int MaxLookups = 1000; // of single values; beyond that one pass over all series costs less

    /// <summary>Series that satisfy the matchers and have nothing left; their labels are copies.</summary>
    public async ValueTask<HashSet<LabelSet>> FindAsync(IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        var gone = new HashSet<LabelSet>();
        foreach (SeriesDeletion deletion in deletions.All)
        {
            LabelMatcher[] both = [.. matchers, .. deletion.Matchers];
            if (KeptSamples.Covers([deletion.Range], range))
            {
                LimitedList<LabelSet> all = await inner.SelectSeriesAsync(both, 0, cancellationToken).ConfigureAwait(false);
                gone.UnionWith(all.Items.Select(Copy));
            }
            else
            {
                await FindPartlyAsync(both, gone, cancellationToken).ConfigureAwait(false);
            }
        }

        return gone;
    }

    /// <summary>Label names that only vanished series have.</summary>
    public async ValueTask<IReadOnlySet<string>> FindNamesAsync(
        IReadOnlyList<LabelMatcher> matchers, HashSet<LabelSet> gone, CancellationToken cancellationToken)
    {
        var names = new HashSet<string>(gone.SelectMany(static labels => labels.ToPairs().Select(static pair => pair.Key)), StringComparer.Ordinal);
        foreach (string name in names.ToArray())
        {
            if (await AnyLeftAsync([.. matchers, new LabelMatcher(MatchType.NotEqual, name, "")], gone, cancellationToken).ConfigureAwait(false))
            {
                names.Remove(name);
            }
        }

        return names;
    }

    /// <summary>Values of a label that only vanished series have.</summary>
    public async ValueTask<IReadOnlySet<string>> FindValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, HashSet<LabelSet> gone, CancellationToken cancellationToken)
    {
        byte[] nameUtf8 = Encoding.UTF8.GetBytes(name);
        var values = new HashSet<string>(gone.Select(labels => Encoding.UTF8.GetString(labels.GetValue(nameUtf8))), StringComparer.Ordinal);
        values.Remove("");
        if (values.Count > MaxLookups)
        {
            LimitedList<LabelSet> all = await inner.SelectSeriesAsync(
                [.. matchers, new LabelMatcher(MatchType.NotEqual, name, "")], 0, cancellationToken).ConfigureAwait(false);
            values.ExceptWith(all.Items.Where(labels => !gone.Contains(labels)).Select(labels => Encoding.UTF8.GetString(labels.GetValue(nameUtf8))));
            return values;
        }

        foreach (string value in values.ToArray())
        {
            if (await AnyLeftAsync([.. matchers, new LabelMatcher(MatchType.Equal, name, value)], gone, cancellationToken).ConfigureAwait(false))
            {
                values.Remove(value);
            }
        }

        return values;
    }

    private async ValueTask<bool> AnyLeftAsync(IReadOnlyList<LabelMatcher> matchers, HashSet<LabelSet> gone, CancellationToken cancellationToken)
    {
        LimitedList<LabelSet> some = await inner.SelectSeriesAsync(matchers, gone.Count + 1, cancellationToken).ConfigureAwait(false);
        return some.Items.Any(labels => !gone.Contains(labels));
    }

    private async ValueTask FindPartlyAsync(IReadOnlyList<LabelMatcher> matchers, HashSet<LabelSet> gone, CancellationToken cancellationToken)
    {
        var deleted = new List<QueryRange>();
        var kept = new SampleBuffer();
        ISeriesSet set = await inner.SelectAsync(sorted: false, new SelectHints(range), matchers, cancellationToken).ConfigureAwait(false);
        await using (set.ConfigureAwait(false))
        {
            while (await set.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                SeriesBatch batch = set.Current;
                for (int i = 0; i < batch.Count; i++)
                {
                    bool isStored = batch.Timestamps(i).Length + batch.Histograms(i).Length > 0;
                    if (isStored && deletions.RangesOf(batch.Labels(i).Bytes.Span, deleted))
                    {
                        kept.Clear();
                        KeptSamples.Copy(batch, i, deleted, kept);
                        if (kept.Count + kept.HistogramCount == 0)
                        {
                            gone.Add(Copy(batch.Labels(i)));
                        }
                    }
                }
            }
        }
    }

    private static LabelSet Copy(LabelSet labels) => new(labels.Bytes.ToArray());
}
