using RemoteStore.Model;

namespace RemoteStore.PromQL;

/// <summary>A query to evaluate.</summary>
/// <param name="Query">Its text.</param>
/// <param name="StartMs">First evaluation time, milliseconds since the Unix epoch.</param>
/// <param name="EndMs">Last evaluation time; that of an instant query is <paramref name="StartMs"/>.</param>
/// <param name="StepMs">Distance of evaluations of a range query; 0 for an instant query.</param>
public sealed record QueryRequest(string Query, long StartMs, long EndMs, long StepMs)
{
    /// <summary>Lookback delta instead of the engine's; null for the engine's.</summary>
    public TimeSpan? LookbackDelta { get; init; }

    /// <summary>Longest time that it may take; null for the engine's, which bounds it in any case. None is left when it is not above zero.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>True to take an answer without what cannot be read, with warnings that name the gaps; false to fail then.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>True to have samples counted per step as well.</summary>
    public bool StatisticsPerStep { get; init; }

    /// <summary>True to record what each operator does.</summary>
    public bool Trace { get; init; }

    /// <summary>Limits of this query; null for those of the engine.</summary>
    public QueryLimits? Limits { get; init; }

    /// <summary>Downsampled data that is taken in place of raw samples although the answer is then an approximation; null for the tenant's default, or none.</summary>
    public SourceResolution? MaxSourceResolution { get; init; }

    /// <summary>True for one evaluation.</summary>
    public bool IsInstant => StepMs == 0;

    /// <summary>An instant query.</summary>
    public static QueryRequest Instant(string query, long timeMs) => new(query, timeMs, timeMs, 0);
}
