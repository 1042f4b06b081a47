using RemoteStore.Model;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Ruler.Tests;

/// <summary>Reads what rules wrote.</summary>
internal static class StoredSamples
{
    /// <summary>Times and bits of all float samples of a metric that has one series.</summary>
    public static async Task<List<(long TimestampMs, long Bits)>> ReadAsync(IQueryable storage, TenantId tenant, string metric)
    {
        var samples = new List<(long, long)>();
        await EachAsync(storage, tenant, metric, (batch, i) =>
        {
            for (int at = 0; at < batch.Timestamps(i).Length; at++)
            {
                samples.Add((batch.Timestamps(i)[at], batch.ValueBits(i)[at]));
            }
        });
        return samples;
    }

    /// <summary>All histograms of a metric.</summary>
    public static async Task<List<FloatHistogram>> ReadHistogramsAsync(IQueryable storage, TenantId tenant, string metric)
    {
        var histograms = new List<FloatHistogram>();
        await EachAsync(storage, tenant, metric, (batch, i) =>
        {
            foreach (HistogramSample sample in batch.Histograms(i))
            {
                var histogram = new FloatHistogram();
                if (histogram.TryRead(batch.Samples.Payload(sample)))
                {
                    histograms.Add(histogram);
                }
            }
        });
        return histograms;
    }

    private static async Task EachAsync(IQueryable storage, TenantId tenant, string metric, Action<SeriesBatch, int> action)
    {
        var range = new QueryRange(long.MinValue, long.MaxValue);
        await using IQuerier querier = await storage.OpenQuerierAsync(tenant, range, CancellationToken.None);
        await using ISeriesSet set = await querier.SelectAsync(
            sorted: true, new SelectHints(range), [new LabelMatcher(MatchType.Equal, LabelSet.MetricName, metric)], CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            for (int i = 0; i < set.Current.Count; i++)
            {
                action(set.Current, i);
            }
        }
    }
}
