using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Testing.LongTerm;

/// <summary>Reads answers into the form of the model.</summary>
public static class LifeReader
{
    private static readonly LabelMatcher[] s_everything = [new(MatchType.NotEqual, "__name__", "")];

    /// <summary>All samples as received.</summary>
    /// <param name="store">Where from.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="range">Their times.</param>
    /// <param name="mayWarn">True when the answer may say that it lacks something.</param>
    /// <exception cref="IOException">The answer fails, or says that it lacks something and may not.</exception>
    public static async Task<List<string>> LinesAsync(IQueryable store, TenantId tenant, QueryRange range, bool mayWarn = false)
    {
        var lines = new List<string>();
        await ReadAsync(store, tenant, range, new SelectHints(range), mayWarn, batch =>
        {
            for (int i = 0; i < batch.Count; i++)
            {
                var labels = new LabelSet(batch.Labels(i).Bytes.ToArray());
                for (int s = 0; s < batch.Timestamps(i).Length; s++)
                {
                    lines.Add(LifeModel.Line(labels, batch.Timestamps(i)[s], LifeModel.Text(batch.ValueBits(i)[s])));
                }

                foreach (HistogramSample histogram in batch.Histograms(i))
                {
                    lines.Add(LifeModel.Line(labels, histogram.TimestampMs, LifeModel.Text(batch.Samples.Payload(histogram))));
                }
            }
        });
        return lines;
    }

    /// <summary>Samples of each series in the windows <c>(first, last]</c>, as a function that counts them over ranges of one window asks.</summary>
    /// <returns>The counts, and whether there was any window among what was counted.</returns>
    /// <exception cref="IOException">The answer fails, or says that it lacks something.</exception>
    public static async Task<(SortedDictionary<string, long> Counts, bool Windows)> CountsAsync(
        IQueryable store, TenantId tenant, long firstMs, long lastMs, long resolutionMs)
    {
        var range = new QueryRange(firstMs + 1, lastMs);
        var hints = new SelectHints(range, resolutionMs, "count_over_time")
        {
            RangeMs = resolutionMs,
            FirstEvaluationMs = firstMs + resolutionMs,
            AcceptsWindows = true,
        };
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        bool windows = false;
        await ReadAsync(store, tenant, range, hints, mayWarn: false, batch =>
        {
            for (int i = 0; i < batch.Count; i++)
            {
                long count = batch.Timestamps(i).Length + batch.Histograms(i).Length;
                foreach (ref readonly WindowAggregate window in batch.Windows(i))
                {
                    count += window.EndMs > firstMs && window.EndMs <= lastMs ? window.Count : 0;
                    windows = true;
                }

                foreach (ref readonly HistogramWindow window in batch.HistogramWindows(i))
                {
                    count += window.EndMs > firstMs && window.EndMs <= lastMs ? window.Count : 0;
                    windows = true;
                }

                if (count > 0)
                {
                    counts[batch.Labels(i).ToString()] = count;
                }
            }
        });
        return (counts, windows);
    }

    private static async Task ReadAsync(IQueryable store, TenantId tenant, QueryRange range, SelectHints hints, bool mayWarn, Action<SeriesBatch> take)
    {
        await using IQuerier querier = await store.OpenQuerierAsync(tenant, range, CancellationToken.None);
        await using ISeriesSet set = await querier.SelectAsync(true, hints, s_everything, CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            take(set.Current);
        }

        if (querier.Missing.Count > 0 && !mayWarn)
        {
            throw new IOException($"the answer says what it lacks: {querier.Missing[0]}");
        }
    }
}
