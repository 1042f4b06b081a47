namespace RemoteStore.Benchmarks.Queries;

/// <summary>Something that answers queries and whose processor time can be read.</summary>
internal interface IQueryTarget : IAsyncDisposable
{
    /// <summary>Evaluates a query once and reads the whole answer.</summary>
    /// <param name="query">The query.</param>
    /// <param name="endSeconds">Last evaluation, seconds since the Unix epoch.</param>
    ValueTask<QueryAnswer> RunAsync(BenchmarkQuery query, long endSeconds);

    /// <summary>Processor time used so far by whoever answers, seconds.</summary>
    double CpuSeconds();

    /// <summary>Least processor time, in seconds, that a figure has to be made of: the clock is no finer.</summary>
    double LeastCpuSeconds { get; }
}

/// <summary>What came back.</summary>
/// <param name="Series">Series of the answer.</param>
/// <param name="Points">Points of all of them.</param>
/// <param name="PeakBytes">Most memory that the query held, as its engine counts it; 0 when that is not known.</param>
internal readonly record struct QueryAnswer(int Series, long Points, long PeakBytes);
