using CsCheck;
using RemoteStore.Model;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Tests.Support;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Execution;

/// <summary>
/// A range query has at each step what an instant query has there, and fails when one of those does: whatever operators hold, let pass or hand on in pieces.
/// </summary>
public sealed class RangeIsInstantsTests
{
    private const long Minute = 60_000;
    private const long Start = 60 * Minute;
    private const int Steps = 9;

    private static readonly GeneratedStore s_store = new(24, 2 * Minute) { Histograms = 5, SeriesPerBatch = 10 };

    /// <summary>Fails with the seed that repeats the query.</summary>
    [Fact]
    public void Range_OfAnyQuery_HasAtEachStepWhatAnInstantQueryHas() => QueryGen.Queries.Sample(Check, iter: 1500);

    /// <summary>Queries that answered otherwise once.</summary>
    [Theory]
    [InlineData("-(h and on (job) (n % 5 > 1))")]
    [InlineData("-(h unless on (job) (n % 5 > 1))")]
    [InlineData("-(timestamp((h and on (job) n) and on (instance) (limitk by (job) (1, n % 5 > 1))))")]
    [InlineData("-((n % 5 > 1) or on (job) h)")]
    public void Range_OfAQuery_HasAtEachStepWhatAnInstantQueryHas(string query) => Check(query);

    private static void Check(string query)
    {
        (SortedDictionary<string, string>? range, string? failure) = Evaluate(new QueryRequest(query, Start, Start + ((Steps - 1) * Minute), Minute));
        var instants = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var failures = new List<string>();
        for (int step = 0; step < Steps; step++)
        {
            (SortedDictionary<string, string>? points, string? fault) = Evaluate(QueryRequest.Instant(query, Start + (step * Minute)));
            if (fault is not null)
            {
                failures.Add(fault);
            }

            foreach ((string key, string value) in points ?? [])
            {
                instants.Add(key, value);
            }
        }

        if (failure is not null || failures.Count > 0)
        {
            failures.ShouldContain(failure, query);
            return;
        }

        range.ShouldBe(instants, query);
    }

    /// <summary>Values by time and labels.</summary>
    private static (SortedDictionary<string, string>? Points, string? Failure) Evaluate(QueryRequest request)
    {
        var engine = new QueryEngine(new EngineOptions(), TimeProvider.System);
        try
        {
            // The store answers at once, so that the task is complete.
            QueryResult result = engine.QueryAsync(TenantId.Anonymous, s_store, request, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            var points = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (ResultSeries series in result.Series)
            {
                for (int i = 0; i < series.Times.Length; i++)
                {
                    string value = series.Histograms?[i] is { } histogram ? HistogramDescription.Of(histogram) : series.Values.Span[i].ToString("R", null);
                    points.Add($"{series.Times.Span[i]} {series.Labels}", value);
                }
            }

            engine.Pools.Outstanding.ShouldBe(0);
            engine.UnreturnedBytes.ShouldBe(0);
            return (points, null);
        }
        catch (QueryException e)
        {
            return (null, WithoutExamples(e.Message));
        }
    }

    /// <summary>Of several series that meet, those that come first are named, and the order of computed series may differ between steps.</summary>
    private static string WithoutExamples(string message)
    {
        int begin = message.IndexOf(" group {", StringComparison.Ordinal);
        int end = message.IndexOf("];", StringComparison.Ordinal);
        return begin < 0 || end < 0 ? message : message[..begin] + message[end..];
    }
}
