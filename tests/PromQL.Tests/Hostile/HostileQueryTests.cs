using System.Text;
using RemoteStore.Model;
using RemoteStore.PromQL.Tests.Support;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Hostile;

/// <summary>
/// Queries that are meant to hurt end in an answer or in a clear error, within the limits, while an ordinary query of the same engine is answered and nothing is
/// left behind.
/// </summary>
public sealed class HostileQueryTests
{
    private const int Series = 400;
    private const long Minute = 60_000;
    private const long Start = 48 * 60 * Minute;
    private const long MaxMemoryBytes = 32 << 20;
    private const long MaxSamples = 2_000_000;

    private static readonly EngineOptions s_options = new()
    {
        MaxMemoryBytes = MaxMemoryBytes,
        MaxSamples = MaxSamples,
        MaxSteps = 1_000_000,
        MaxSeries = 100_000,
        Timeout = TimeSpan.FromMinutes(5),
    };

    public static TheoryData<string, string> Refused => new()
    {
        { "100,000 parentheses", new string('(', 100_000) + "1" + new string(')', 100_000) },
        { "100,000 minus signs", new string('-', 100_000) + "m" },
        { "10 MB", "m{instance=\"" + new string('x', 10 << 20) + "\"}" },
        { "an expression of 2 MB", "m{instance=~\"" + string.Concat(Enumerable.Repeat("a|", 1 << 20)) + "\"}" },
        { "a regular expression that repeats repeats", "m{instance=~\"((a{1,500}){1,500}){1,500}\"}" },
        { "a billion steps of a subquery", "max_over_time(m[1000000000s:1s])" },
        { "milliseconds of a year", "max_over_time(m[1y:1ms])" },
        { "subqueries of subqueries of small steps", "max_over_time(max_over_time(max_over_time(m[1h:1s])[1h:1s])[1d:10ms])" },
        { "labels that double and double again", Doubled(40) },
        { "thousands of groups", $"label_replace(m, \"x\", \"$1\", \"instance\", \"{string.Concat(Enumerable.Repeat("(h?)", 10_000))}.*\")" },
        { "everything joined with itself", "{__name__=~\".+\"} + on () group_left {__name__=~\".+\"}" },
        { "everything joined with everything", "{__name__=~\".+\"} * on (job) {__name__=~\".+\"}" },
        { "more series than there may be at once", string.Join(" or ", Enumerable.Range(0, 300).Select(static i => $"label_replace(m, \"x\", \"{i}\", \"\", \"\")")) },
    };

    public static TheoryData<string, string> Answered => new()
    {
        { "a regular expression that backtracking engines choke on", "m{instance=~\"(a+)+(a+)+(a+)+$|host-1:.*\"}" },
        { "the same in label_replace", "label_replace(m, \"x\", \"$1\", \"instance\", \"((h*)*(o*)*(s*)*(t*)*)*-(.*)x\")" },
        { "a thousand alternatives", $"m{{instance=~\"{string.Join('|', Enumerable.Range(0, 1_000).Select(static i => $"host-{i}:9100"))}\"}}" },
        { "topk of more than there is", "topk(1e18, m)" },
        { "bottomk of everything", "bottomk(1e9, {__name__=~\".+\"})" },
        { "every value counted", "count(count_values(\"v\", {__name__=~\".+\"}))" },
        { "the quantile of everything", "quantile(0.5, {__name__=~\".+\"})" },
        { "all names counted", "count(count by (__name__) ({__name__=~\".+\"}))" },
        { "labels joined many times", $"label_join(m, \"x\", \"-\", {string.Join(", ", Enumerable.Repeat("\"path\"", 500))})" },
        { "a chain of sums", string.Join(" + ", Enumerable.Repeat("1", 2_000)) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Query_ThatIsTooMuch_EndsInAClearErrorWhileOthersGoOn(string what, string query)
    {
        Outcome outcome = await RunBesideAnOrdinaryQuery(query);
        outcome.Failure.ShouldNotBeNull(what);
        outcome.Failure.Kind.ShouldBeOneOf(QueryErrorKind.BadQuery, QueryErrorKind.Limit, QueryErrorKind.Execution);
        outcome.Failure.Message.Length.ShouldBeInRange(10, 4096);
    }

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task Query_ThatLooksLikeTooMuch_IsAnsweredWithinTheLimits(string what, string query)
    {
        Outcome outcome = await RunBesideAnOrdinaryQuery(query);
        outcome.Failure.ShouldBeNull($"{what}: {outcome.Failure?.Message}");
        outcome.Statistics!.PeakMemoryBytes.ShouldBeLessThanOrEqualTo(MaxMemoryBytes);
        outcome.Statistics.PeakSamples.ShouldBeLessThanOrEqualTo(MaxSamples);
    }

    [Fact]
    public async Task Query_OfTenThousandOperands_EndsInAnAnswerOrAClearError()
    {
        Outcome outcome = await RunBesideAnOrdinaryQuery(string.Join(" + ", Enumerable.Repeat("m", 10_000)));
        (outcome.Failure is null or { Kind: QueryErrorKind.BadQuery or QueryErrorKind.Limit }).ShouldBeTrue(outcome.Failure?.ToString());
    }

    [Fact]
    public async Task Query_OfABillionSteps_FailsBeforeItReads()
    {
        var engine = new QueryEngine(s_options, TimeProvider.System);
        var store = new GeneratedStore(Series, Minute);
        var request = new QueryRequest("sum(m)", 0, 1_000_000_000_000, 1_000);
        QueryException e = await Should.ThrowAsync<QueryException>(
            async () => await engine.QueryAsync(TenantId.Anonymous, store, request, CancellationToken.None));
        e.Message.ShouldBe("query or subquery has 1000000001 steps, more than its limit of 1000000 (max-steps)");
        store.Accesses.ShouldBe(0);
    }

    private static string Doubled(int times)
    {
        var query = new StringBuilder("m{instance=\"host-1:9100\"}");
        for (int i = 0; i < times; i++)
        {
            query.Insert(0, "label_replace(").Append(", \"instance\", \"$1$1\", \"instance\", \"(.*)\")");
        }

        return query.ToString();
    }

    private static async Task<Outcome> RunBesideAnOrdinaryQuery(string query)
    {
        var engine = new QueryEngine(s_options, TimeProvider.System);
        Task<Outcome> hostile = Task.Run(() => RunAsync(engine, new QueryRequest(query, Start, Start + (60 * Minute), Minute)));
        Outcome ordinary = await RunAsync(engine, new QueryRequest("sum by (job) (rate(m[5m]))", Start, Start + (60 * Minute), Minute));
        ordinary.Failure.ShouldBeNull();
        ordinary.Series.ShouldBe(10);
        Outcome outcome = await hostile;
        engine.Pools.Outstanding.ShouldBe(0);
        engine.UnreturnedBytes.ShouldBe(0);
        return outcome;
    }

    private static async Task<Outcome> RunAsync(QueryEngine engine, QueryRequest request)
    {
        try
        {
            Results.QueryResult result = await engine.QueryAsync(TenantId.Anonymous, new GeneratedStore(Series, Minute), request, CancellationToken.None);
            return new Outcome(null, result.Series.Count, result.Statistics);
        }
        catch (QueryException e)
        {
            return new Outcome(e, 0, null);
        }
    }

    private sealed record Outcome(QueryException? Failure, int Series, QueryStatistics? Statistics);
}
