using RemoteStore.Model;

namespace RemoteStore.PromQL.Service;

/// <summary>Queries that run now and that ran lately, of one tenant at a time. Safe for concurrent use.</summary>
public interface IQueryMonitor
{
    /// <summary>Queries that wait or run, oldest first.</summary>
    IReadOnlyList<ActiveQuery> Active(TenantId tenant);

    /// <summary>Cancels a query; false when the tenant has none of that id any more.</summary>
    bool Cancel(TenantId tenant, string id);

    /// <summary>The most expensive queries of the last while, grouped by text (without times) or by dashboard.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="order">What counts.</param>
    /// <param name="limit">Most entries.</param>
    /// <param name="window">How far back to look; bounded by what is remembered.</param>
    IReadOnlyList<TopQuery> Top(TenantId tenant, TopQueryOrder order, int limit, TimeSpan window);
}

/// <summary>By what <see cref="IQueryMonitor.Top"/> orders.</summary>
public enum TopQueryOrder
{
    /// <summary>Sum of evaluation times, by query text.</summary>
    Time,

    /// <summary>Number of evaluations, by query text.</summary>
    Count,

    /// <summary>Sum of peak memory, by query text.</summary>
    Bytes,

    /// <summary>Sum of evaluation times, by dashboard and panel.</summary>
    Dashboard,
}

/// <summary>A query that waits or runs.</summary>
/// <param name="Id">Names it for <see cref="IQueryMonitor.Cancel"/>.</param>
/// <param name="Call">The query.</param>
/// <param name="StartedMs">When it arrived, milliseconds since the Unix epoch.</param>
/// <param name="Elapsed">How long ago that is.</param>
/// <param name="IsQueued">True while it waits for its turn.</param>
public sealed record ActiveQuery(string Id, QueryCall Call, long StartedMs, TimeSpan Elapsed, bool IsQueued);

/// <summary>What queries of one text, or of one panel, cost together.</summary>
/// <param name="Query">Text of the query; of a panel, that of its most expensive query.</param>
/// <param name="DashboardUid">Dashboard of the latest one, empty when unknown.</param>
/// <param name="PanelId">Panel of the latest one, empty when unknown.</param>
/// <param name="RangeMs">Longest range asked for.</param>
/// <param name="Count">Evaluations, failed ones included.</param>
/// <param name="Failures">Failed ones.</param>
/// <param name="TotalTime">Sum of times from arrival to the answer.</param>
/// <param name="TotalSamples">Sum of samples read from storage.</param>
/// <param name="TotalBytes">Sum of peak memory.</param>
public sealed record TopQuery(
    string Query,
    string DashboardUid,
    string PanelId,
    long RangeMs,
    long Count,
    long Failures,
    TimeSpan TotalTime,
    long TotalSamples,
    long TotalBytes);
