using RemoteStore.Model;

namespace RemoteStore.Storage.Administration;

/// <summary>What a store holds of a tenant. Safe for concurrent use; meant for operators, not for each query.</summary>
public interface IStoreStatistics
{
    /// <summary>Counts of recent series and of their labels.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="limit">Most entries of each list.</param>
    /// <param name="cancellationToken">Stops the count.</param>
    /// <exception cref="StorageUnavailableException">The store is starting or stopping.</exception>
    SeriesStatistics GetSeriesStatistics(TenantId tenant, int limit, CancellationToken cancellationToken);

    /// <summary>The tenant's blocks, oldest first.</summary>
    /// <exception cref="StorageUnavailableException">The store is starting or stopping.</exception>
    IReadOnlyList<StoredBlock> GetBlocks(TenantId tenant);
}

/// <summary>Counts of recent series: those that have samples outside of blocks, or had lately. Lists descend by count.</summary>
/// <param name="Series">Series.</param>
/// <param name="LabelPairs">Distinct label pairs.</param>
/// <param name="Chunks">Runs of samples outside of blocks: parts with rows of the tenant, and memtables.</param>
/// <param name="MinTime">Oldest sample known of these series, milliseconds since the Unix epoch; <see cref="long.MaxValue"/> when there is none.</param>
/// <param name="MaxTime">Newest one; <see cref="long.MinValue"/> when there is none.</param>
public sealed record SeriesStatistics(long Series, long LabelPairs, long Chunks, long MinTime, long MaxTime)
{
    /// <summary>Nothing.</summary>
    public static SeriesStatistics Empty { get; } = new(0, 0, 0, long.MaxValue, long.MinValue);

    /// <summary>Metric names by number of series.</summary>
    public IReadOnlyList<StatisticsEntry> SeriesByMetric { get; init; } = [];

    /// <summary>Label names by number of values.</summary>
    public IReadOnlyList<StatisticsEntry> ValuesByName { get; init; } = [];

    /// <summary>Label names by the bytes of their values, counted once per series.</summary>
    public IReadOnlyList<StatisticsEntry> ValueBytesByName { get; init; } = [];

    /// <summary>Pairs, as <c>name=value</c>, by number of series.</summary>
    public IReadOnlyList<StatisticsEntry> SeriesByPair { get; init; } = [];
}

/// <summary>A name and how much there is of it.</summary>
public readonly record struct StatisticsEntry(string Name, long Count);

/// <summary>A block.</summary>
/// <param name="Id">Its name.</param>
/// <param name="MinTime">Oldest sample, milliseconds since the Unix epoch.</param>
/// <param name="MaxTime">Newest sample, inclusive.</param>
/// <param name="Series">Series.</param>
/// <param name="Samples">Samples, floats and histograms.</param>
/// <param name="Chunks">Chunks.</param>
/// <param name="SizeBytes">Bytes of its files.</param>
/// <param name="Level">Compaction generation, from 1.</param>
/// <param name="Sources">What it was made of.</param>
public sealed record StoredBlock(
    string Id, long MinTime, long MaxTime, long Series, long Samples, long Chunks, long SizeBytes, int Level, IReadOnlyList<string> Sources);
