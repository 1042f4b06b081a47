using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>Reads what the store knows of alerts that were active before a restart.</summary>
internal static class ForStateReader
{
    /// <summary>The last sample of each series <c>ALERTS_FOR_STATE</c> of an alert that did not end.</summary>
    /// <param name="storage">Where the series are.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="alertName">Name of the alert.</param>
    /// <param name="range">When.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <returns>By labels without the metric name: when it was written, in milliseconds, and since when the alert was active, in seconds.</returns>
    /// <exception cref="IOException">The series cannot be read.</exception>
    public static async ValueTask<Dictionary<LabelSet, (long TimestampMs, double ActiveAtSeconds)>> ReadAsync(
        IQueryable storage, TenantId tenant, string alertName, QueryRange range, CancellationToken cancellationToken)
    {
        LabelMatcher[] matchers =
        [
            new(MatchType.Equal, LabelSet.MetricName, AlertSeries.ForStateMetric),
            new(MatchType.Equal, AlertSeries.NameLabel, alertName),
        ];
        var found = new Dictionary<LabelSet, (long, double)>();
        await using IQuerier querier = await storage.OpenQuerierAsync(tenant, range, cancellationToken);
        await using ISeriesSet series = await querier.SelectAsync(sorted: false, new SelectHints(range), matchers, cancellationToken);
        while (await series.MoveNextAsync(cancellationToken))
        {
            for (int i = 0; i < series.Current.Count; i++)
            {
                AddLast(series.Current, i, range, found);
            }
        }

        return found;
    }

    private static void AddLast(SeriesBatch batch, int series, QueryRange range, Dictionary<LabelSet, (long, double)> found)
    {
        ReadOnlySpan<long> times = batch.Timestamps(series);
        for (int i = times.Length - 1; i >= 0; i--)
        {
            if (range.Contains(times[i]))
            {
                if (batch.ValueBits(series)[i] != SampleBits.StaleMarker)
                {
                    found[WithoutName(batch.Labels(series))] = (times[i], batch.Values(series)[i]);
                }

                return;
            }
        }
    }

    private static LabelSet WithoutName(LabelSet labels) =>
        LabelSet.FromPairs(labels.ToPairs().Where(static label => label.Key != LabelSet.MetricName));
}
