namespace RemoteStore.Querier.Sources;

/// <summary>What a source that may be slow or away can cost its callers.</summary>
public sealed record SourceGuardOptions
{
    /// <summary>Longest time that one call may take: opening a view, finding series, reading a batch. The wait for a turn counts as one.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Views of one tenant at a time; further ones wait. Abandoned calls count until they return.</summary>
    public int ConcurrencyPerTenant { get; init; } = 16;

    /// <summary>Views of all tenants at a time; further ones wait.</summary>
    public int Concurrency { get; init; } = 256;
}
