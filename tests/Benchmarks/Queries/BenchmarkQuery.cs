namespace RemoteStore.Benchmarks.Queries;

/// <summary>The times that a query is evaluated at, ending at the end of the data.</summary>
internal enum QuerySpan
{
    /// <summary>An hour at steps of 15 s.</summary>
    Hour,

    /// <summary>A day at steps of 60 s.</summary>
    Day,

    /// <summary>One moment, as an alert rule asks.</summary>
    Instant,
}

/// <summary>A query that is measured.</summary>
/// <param name="Name">Names it in tables and on the command line.</param>
/// <param name="Span">When it is evaluated.</param>
/// <param name="Text">PromQL that the rivals understand as well.</param>
internal sealed record BenchmarkQuery(string Name, QuerySpan Span, string Text)
{
    /// <summary>Distance of evaluations, seconds; 0 for an instant query.</summary>
    public long StepSeconds => Span switch
    {
        QuerySpan.Hour => 15,
        QuerySpan.Day => 60,
        _ => 0,
    };

    /// <summary>First evaluation of a query that ends at the given time, both in seconds since the Unix epoch.</summary>
    public long StartSeconds(long endSeconds) => Span switch
    {
        QuerySpan.Hour => endSeconds - 3600,
        QuerySpan.Day => endSeconds - 86400,
        _ => endSeconds,
    };
}
