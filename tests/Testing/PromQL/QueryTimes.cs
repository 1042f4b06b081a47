namespace RemoteStore.Testing.PromQL;

/// <summary>
/// Durations and times of generated queries, in seconds. Choose them, and the times of evaluation, so that no sample and no step of a subquery falls
/// on the left end of a range where it matters whether ranges are open.
/// </summary>
public sealed record QueryTimes
{
    /// <summary>Ranges of selectors.</summary>
    public required IReadOnlyList<long> Ranges { get; init; }

    /// <summary>Ranges of subqueries.</summary>
    public required IReadOnlyList<long> SubqueryRanges { get; init; }

    /// <summary>Steps of subqueries; 0 stands for none written.</summary>
    public required IReadOnlyList<long> SubquerySteps { get; init; }

    /// <summary>Offsets, negative ones too.</summary>
    public required IReadOnlyList<long> Offsets { get; init; }

    /// <summary>Times after <c>@</c>.</summary>
    public required IReadOnlyList<long> At { get; init; }
}
