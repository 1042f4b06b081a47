namespace RemoteStore.QueryFrontend;

/// <summary>How queries wait, are cut and kept.</summary>
public sealed record QueryFrontendOptions
{
    /// <summary>Range queries are cut at multiples of this interval since the Unix epoch, where that does not change the answer; zero: never.</summary>
    public TimeSpan SplitInterval { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Most pieces of one query that are computed at once; more than one only while there is no other work.</summary>
    public int SplitConcurrency { get; init; } = 2;

    /// <summary>Most bytes of answers that are kept; 0 keeps none.</summary>
    public long ResultsCacheBytes { get; init; } = 64L << 20;

    /// <summary>Answers that depend on samples younger than this are not kept: those may still come in the usual order.</summary>
    public TimeSpan CacheMinAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most queries computed at once.</summary>
    public int MaxConcurrency { get; init; } = 20;

    /// <summary>Faults of the values, empty when they are usable.</summary>
    public IEnumerable<string> Validate()
    {
        if (SplitInterval < TimeSpan.Zero || (SplitInterval > TimeSpan.Zero && SplitInterval < TimeSpan.FromMinutes(1)))
        {
            yield return "query-frontend.split-interval must be 0 or at least 1m";
        }

        if (SplitConcurrency < 1 || MaxConcurrency < 1)
        {
            yield return "query-frontend.split-concurrency and query.max-concurrency must be at least 1";
        }

        if (ResultsCacheBytes < 0)
        {
            yield return "query-frontend.results-cache-bytes must not be negative";
        }

        if (CacheMinAge < TimeSpan.Zero)
        {
            yield return "query.cache-min-age must not be negative";
        }
    }
}
