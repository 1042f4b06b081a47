namespace RemoteStore.PromQL;

/// <summary>Why a query gave no answer; the kinds the HTTP API tells apart.</summary>
public enum QueryErrorKind
{
    /// <summary>The text or its parameters are wrong (<c>bad_data</c>).</summary>
    BadQuery,

    /// <summary>It could not be evaluated (<c>execution</c>).</summary>
    Execution,

    /// <summary>It ran too long (<c>timeout</c>).</summary>
    Timeout,

    /// <summary>Its caller went away (<c>canceled</c>).</summary>
    Canceled,

    /// <summary>It would exceed a limit on samples, series, steps or memory (<c>execution</c>).</summary>
    Limit,

    /// <summary>Stored data could not be read (<c>internal</c>).</summary>
    Storage,

    /// <summary>Too many queries of its tenant wait already (HTTP 429); it can be asked again later.</summary>
    TooManyRequests,
}

/// <summary>A query that cannot be answered. The message is in Prometheus' words where Prometheus has the same error.</summary>
public sealed class QueryException : Exception
{
    /// <summary>Creates the exception.</summary>
    public QueryException(QueryErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What kind of error it is.</summary>
    public QueryErrorKind Kind { get; }

    internal static QueryException Execution(string message) => new(QueryErrorKind.Execution, message);

    internal static QueryException SameLabels() => Execution("vector cannot contain metrics with the same labelset");

    internal static QueryException TooManySamples() =>
        new(QueryErrorKind.Limit, "query processing would load too many samples into memory in query execution");

    internal static QueryException TooManySteps(ulong steps, int limit) =>
        Limit($"query or subquery has {steps} steps, more than its limit of {limit} (max-steps)");

    internal static QueryException TooManySeries(long limit) => Limit($"query selects more series than its limit of {limit} (max-series)");

    internal static QueryException TooMuchMemory(long limit) => Limit($"query needs more memory than its limit of {limit} bytes (max-bytes)");

    internal static QueryException TooMuchSharedMemory(string limitName, long limit) =>
        Limit($"query needs more memory than others leave of the {limit} bytes that queries may hold together ({limitName})");

    internal static QueryException TooLongLabels(int limit) =>
        Limit($"query makes a series whose labels are longer than its limit of {limit} bytes (max-label-bytes)");

    private static QueryException Limit(FormattableString message) => new(QueryErrorKind.Limit, FormattableString.Invariant(message));
}
