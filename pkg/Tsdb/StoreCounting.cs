using RemoteStore.Index;
using RemoteStore.Model;
using RemoteStore.Storage.Administration;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.LocalBlocks;
using RemoteStore.Tsdb.Registry;

namespace RemoteStore.Tsdb;

/// <summary>Counts what a store holds of a tenant.</summary>
internal static class StoreCounting
{
    /// <summary>Counts of the series in memory.</summary>
    public static SeriesStatistics OfSeries(StoreState state, TenantHead head, int limit, CancellationToken cancellationToken)
    {
        using SeriesRegistry registry = head.Series.RetainRegistry(); // eviction replaces it meanwhile
        (long min, long max) = (long.MaxValue, long.MinValue);
        uint end = registry.RefEnd;
        for (uint seriesRef = 0; registry.TryNext(ref seriesRef, end); seriesRef++)
        {
            ref SeriesState series = ref registry.State(new SeriesRef(seriesRef));
            if (series.LastTimestamp != long.MinValue)
            {
                min = Math.Min(min, series.FirstTimestamp);
                max = Math.Max(max, series.LastTimestamp);
            }
        }

        IndexStatistics index = registry.Index.Count(limit, cancellationToken);
        int runs = state.Catalog.Parts.Count + head.MemtablesWithRows().Count();
        return new SeriesStatistics(registry.SeriesCount, registry.Index.PairCount, runs, min, max)
        {
            SeriesByMetric = Convert(index.SeriesByMetric),
            ValuesByName = Convert(index.ValuesByName),
            ValueBytesByName = Convert(index.ValueBytesByName),
            SeriesByPair = Convert(index.SeriesByPair),
        };
    }

    /// <summary>What is known of blocks, oldest first.</summary>
    public static IReadOnlyList<StoredBlock> OfBlocks(IEnumerable<LiveBlock> blocks) =>
    [
        .. blocks.Select(static block => block.Meta).OrderBy(static meta => meta.MinTime).ThenBy(static meta => meta.Id.ToString(), StringComparer.Ordinal)
            .Select(static meta => new StoredBlock(
                meta.Id.ToString(),
                meta.MinTime,
                meta.MaxTime,
                meta.Stats.Series,
                meta.Stats.FloatSamples + meta.Stats.HistogramSamples,
                meta.Stats.Chunks,
                meta.SizeBytes,
                meta.Level,
                meta.Sources)),
    ];

    private static StatisticsEntry[] Convert(IReadOnlyList<NamedCount> counts) => [.. counts.Select(static entry => new StatisticsEntry(entry.Name, entry.Count))];
}
