namespace RemoteStore.PromQL;

/// <summary>What a query cost.</summary>
/// <param name="TotalQueryableSamples">
/// Samples that evaluations looked at, summed over steps, as Prometheus counts them: what several steps look at counts at each, what stands in the query several
/// times counts each time, a histogram counts by its size. Samples that an optimised query need not look at do not count.
/// </param>
/// <param name="PeakSamples">Most samples held at a time; below Prometheus' figure, since series pass through without being held.</param>
/// <param name="SamplesRead">Samples that storage delivered.</param>
/// <param name="SeriesRead">Series that storage delivered.</param>
/// <param name="PeakMemoryBytes">Most bytes of columns held at a time.</param>
/// <param name="TotalQueryableSamplesPerStep">Samples that evaluations looked at, by step; empty unless asked for.</param>
/// <param name="PreparationTime">Parsing and planning.</param>
/// <param name="EvaluationTime">Everything after, <see cref="ResultSortTime"/> included.</param>
public sealed record QueryStatistics(
    long TotalQueryableSamples,
    long PeakSamples,
    long SamplesRead,
    long SeriesRead,
    long PeakMemoryBytes,
    IReadOnlyList<long> TotalQueryableSamplesPerStep,
    TimeSpan PreparationTime,
    TimeSpan EvaluationTime)
{
    /// <summary>Ordering the answer of a range query.</summary>
    public TimeSpan ResultSortTime { get; init; }

    /// <summary>Time spent waiting for a turn.</summary>
    public TimeSpan QueueTime { get; init; }
}
