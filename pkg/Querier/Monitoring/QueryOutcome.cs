using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;

namespace RemoteStore.Querier.Monitoring;

/// <summary>How a query ended.</summary>
/// <param name="Result">Its answer, null when there is none.</param>
/// <param name="Failure">Why there is none, as metrics and log name it; null when there is one.</param>
internal readonly record struct QueryOutcome(QueryResult? Result, string? Failure)
{
    /// <summary>Failures that are none of <see cref="QueryErrorKind"/>.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>A fault of the program.</summary>
    public const string Internal = "internal";

    /// <summary>All failures, for metrics.</summary>
    public static IReadOnlyList<string> Failures { get; } = [.. Enum.GetValues<QueryErrorKind>().Select(NameOf), Unavailable, Internal];

    /// <summary>Samples read from storage.</summary>
    public long Samples => Result?.Statistics.SamplesRead ?? 0;

    /// <summary>Most memory held, in bytes.</summary>
    public long PeakBytes => Result?.Statistics.PeakMemoryBytes ?? 0;

    /// <summary>There is an answer.</summary>
    public static QueryOutcome Answered(QueryResult result) => new(result, null);

    /// <summary>There is none.</summary>
    public static QueryOutcome Failed(QueryErrorKind kind) => new(null, NameOf(kind));

    /// <summary>There is none.</summary>
    public static QueryOutcome Failed(string failure) => new(null, failure);

    private static string NameOf(QueryErrorKind kind) => kind switch
    {
        QueryErrorKind.BadQuery => "bad_query",
        QueryErrorKind.Execution => "execution",
        QueryErrorKind.Timeout => "timeout",
        QueryErrorKind.Canceled => "canceled",
        QueryErrorKind.Limit => "limit",
        QueryErrorKind.TooManyRequests => "too_many_requests",
        _ => "storage",
    };
}
