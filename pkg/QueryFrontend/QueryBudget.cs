using RemoteStore.Limits;
using RemoteStore.PromQL;

namespace RemoteStore.QueryFrontend;

/// <summary>What one query may cost at most: the least of what it asks for, what its tenant may, and what the engine bears.</summary>
/// <param name="MaxSamples">Most samples held at a time.</param>
/// <param name="MaxSeries">Most series that it may select.</param>
/// <param name="MaxMemoryBytes">Most bytes held at a time.</param>
internal sealed record QueryBudget(long MaxSamples, long MaxSeries, long MaxMemoryBytes)
{
    /// <summary>The budget of a query.</summary>
    public static QueryBudget Of(QueryLimits? asked, TenantQueryLimits tenant, EngineOptions engine) => new(
        Least(asked?.MaxSamples, tenant.MaxSamples, engine.MaxSamples),
        Least(asked?.MaxSeries, tenant.MaxSeries, engine.MaxSeries),
        Least(asked?.MaxMemoryBytes, tenant.MaxBytes, engine.MaxMemoryBytes));

    /// <summary>The query's limits with this budget, of which it may use a part of what it holds.</summary>
    /// <param name="limits">Limits it has besides.</param>
    /// <param name="share">Part it may use: one of so many.</param>
    public QueryLimits Lower(QueryLimits? limits, int share = 1) => (limits ?? new QueryLimits()) with
    {
        MaxSamples = MaxSamples / share,
        MaxSeries = MaxSeries,
        MaxMemoryBytes = MaxMemoryBytes / share,
    };

    private static long Least(long? asked, long tenant, long engine) =>
        Math.Min(asked ?? long.MaxValue, tenant > 0 ? Math.Min(tenant, engine) : engine);
}
