using RemoteStore.Model;

namespace RemoteStore.PromQL.Service;

/// <summary>A query with what surrounds it.</summary>
/// <param name="Tenant">Whose data.</param>
/// <param name="Request">The query.</param>
public sealed record QueryCall(TenantId Tenant, QueryRequest Request)
{
    /// <summary>Who asks; for logs, lists of queries and attribution of cost.</summary>
    public QueryOrigin Origin { get; init; } = QueryOrigin.Unknown;

    /// <summary>Longest time it may take, queueing included; null for the configured one, which also bounds it.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>False to compute everything anew.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>True to take an answer that lacks what could not be read, with a warning that names the missing ranges; false to fail then.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>Where the evaluation says that it began; null when nobody watches.</summary>
    public QueryProgress? Progress { get; init; }
}
