namespace RemoteStore.Index;

/// <summary>What an index holds most of; each list descending by count, then by name.</summary>
/// <param name="SeriesByMetric">Metric names by number of series.</param>
/// <param name="ValuesByName">Label names by number of values.</param>
/// <param name="ValueBytesByName">Label names by the bytes of their values, counted once per series.</param>
/// <param name="SeriesByPair">Pairs, as <c>name=value</c>, by number of series.</param>
public sealed record IndexStatistics(
    IReadOnlyList<NamedCount> SeriesByMetric,
    IReadOnlyList<NamedCount> ValuesByName,
    IReadOnlyList<NamedCount> ValueBytesByName,
    IReadOnlyList<NamedCount> SeriesByPair);

/// <summary>A name and how much there is of it.</summary>
public readonly record struct NamedCount(string Name, long Count);
