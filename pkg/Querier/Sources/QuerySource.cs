using RemoteStore.Model;

namespace RemoteStore.Querier.Sources;

/// <summary>One of the places where samples are.</summary>
/// <param name="Name">What gaps, errors and metrics call it.</param>
/// <param name="Storage">The place.</param>
public sealed record QuerySource(string Name, IQueryable Storage)
{
    /// <summary>Times of which it may have samples of a tenant; null when that can be any. Asked for each view, so it must be cheap.</summary>
    public Func<TenantId, QueryRange>? Covers { get; init; }

    /// <summary>How far the source is trusted; null when wholly, as one in this process is: it is called directly and waited for.</summary>
    public SourceGuardOptions? Guard { get; init; }

    /// <summary>The part of a range that the source may have samples of; empty when it has none.</summary>
    internal QueryRange Clip(TenantId tenant, QueryRange range)
    {
        QueryRange covered = Covers?.Invoke(tenant) ?? QueryRange.All;
        return new QueryRange(Math.Max(range.MinTime, covered.MinTime), Math.Min(range.MaxTime, covered.MaxTime));
    }
}
