namespace RemoteStore.Querier.Monitoring;

/// <summary>What is logged and remembered of queries.</summary>
public sealed record QueryMonitorOptions
{
    /// <summary>Option that sets <see cref="LogSlowerThan"/>.</summary>
    public const string LogSlowerThanOption = "query.log-slower-than";

    /// <summary>Queries that take at least this long are logged with what they cost; zero logs none.</summary>
    public TimeSpan LogSlowerThan { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most memory for queries that have ended, in bytes, over all tenants. The oldest of the tenant that takes most of it go first.</summary>
    public long RememberedBytes { get; init; } = 16L << 20;

    /// <summary>Longest query text that is logged or remembered, in characters; the rest is cut off.</summary>
    public int MaxTextLength { get; init; } = 4096;

    /// <summary>Faults of the values, empty when they are usable.</summary>
    public IEnumerable<string> Validate()
    {
        if (LogSlowerThan < TimeSpan.Zero)
        {
            yield return $"{LogSlowerThanOption} must not be below 0";
        }
    }
}
