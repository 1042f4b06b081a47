namespace RemoteStore.PromQL;

/// <summary>How queries are evaluated and what they may cost.</summary>
public sealed record EngineOptions
{
    /// <summary>How far an instant selector looks back for a sample.</summary>
    public TimeSpan LookbackDelta { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Step of a subquery that names none.</summary>
    public TimeSpan DefaultSubqueryStep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most samples that a query may hold at a time.</summary>
    public long MaxSamples { get; init; } = 50_000_000;

    /// <summary>Most series that the selectors of a query may select together.</summary>
    public long MaxSeries { get; init; } = 10_000_000;

    /// <summary>Most bytes that a query may hold at a time: columns, labels and histograms of what it computes, and its answer.</summary>
    public long MaxMemoryBytes { get; init; } = 512L << 20;

    /// <summary>Option that sets <see cref="MaxTotalMemoryBytes"/>.</summary>
    public const string MaxTotalMemoryOption = "query.max-memory-bytes";

    /// <summary>Option that sets <see cref="MaxTenantMemoryBytes"/>.</summary>
    public const string MaxTenantMemoryOption = "query.max-tenant-memory-bytes";

    /// <summary>Most bytes that all queries together may hold at a time; counted in steps, so that a query takes a little more than it holds.</summary>
    public long MaxTotalMemoryBytes { get; init; } = 1L << 30;

    /// <summary>Most bytes that the queries of one tenant may hold together; 0 = what all may.</summary>
    public long MaxTenantMemoryBytes { get; init; }

    /// <summary>Most steps of a query, and of each of its subqueries over all steps together.</summary>
    public int MaxSteps { get; init; } = 10_000_000;

    /// <summary>Most bytes of the labels of one series that a query makes.</summary>
    public int MaxLabelBytes { get; init; } = 1 << 20;

    /// <summary>
    /// Most bytes that each part of a query that stands in it more than once may keep to be computed only once; never more than a quarter of
    /// <see cref="MaxMemoryBytes"/>. What needs more is computed again.
    /// </summary>
    public long MaxSharedBytes { get; init; } = 32L << 20;

    /// <summary>False to evaluate queries as they are written. Answers are the same.</summary>
    public bool Optimise { get; init; } = true;

    /// <summary>Most queries that are kept parsed; 0 keeps none.</summary>
    public int MaxCachedPlans { get; init; } = 2_000;

    /// <summary>Most bytes, as estimated, of queries that are kept parsed.</summary>
    public long MaxCachedPlanBytes { get; init; } = 32L << 20;

    /// <summary>Longest time that a query may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Most tasks that the queries of an engine together run beside their own, to read and compute series; below 2 each query computes alone. Off by default:
    /// where cores do not share a cache, handing batches from one to the other costs most queries more than it gains.
    /// </summary>
    public int MaxParallelism { get; init; }

    /// <summary>True to drop metric names at the end of the evaluation, false to drop them in each function that changes the meaning.</summary>
    public bool DelayedNameRemoval { get; init; }

    /// <summary>True to tell counters by the label <c>__type__</c>, false by the end of the metric name.</summary>
    public bool TypeAndUnitLabels { get; init; }

    /// <summary>False to refuse the functions and aggregations that Prometheus has behind <c>promql-experimental-functions</c>.</summary>
    public bool ExperimentalFunctions { get; init; } = true;

    /// <summary>True to let start timestamps tell counter resets.</summary>
    public bool UseStartTimestamps { get; init; } = true;
}
