using RemoteStore.Testing.PromQL;

namespace RemoteStore.CompatTests.Queries;

/// <summary>Makes up queries over <see cref="QueryData"/> with their times. The same seed gives the same calls.</summary>
internal sealed class QueryCalls
{
    /// <summary>
    /// Evaluations are at 7 s past tens of seconds, subqueries step on tens, ranges of subqueries end in 3, all else is tens: a subquery's left end is at 4 s past, or
    /// 7 s in another subquery, never on a step. Samples are between whole seconds.
    /// </summary>
    private static readonly QueryTimes s_times = new()
    {
        Ranges = [20, 30, 60, 120, 150, 300, 600],
        SubqueryRanges = [63, 123, 303, 603],
        SubquerySteps = [0, 10, 20, 30, 60],
        Offsets = [10, 60, 300, 600, -60, -300],
        At = [QueryData.Start + 3607, QueryData.Start + 4507, QueryData.Start + 5557],
    };

    private readonly Random _random;
    private readonly QueryGenerator _generator;

    public QueryCalls(int seed, IReadOnlyList<QueryMetric> metrics)
    {
        _random = new Random(seed);
        _generator = new QueryGenerator(seed, metrics, s_times, QueryLanguage.Prometheus242);
    }

    /// <summary>The next query, in the spelling of 2.42.</summary>
    public QueryCall Next()
    {
        int depth = _random.Next(1, 5);
        long start = QueryData.Start + 3607 + (_random.Next(150) * 10);
        return _random.Next(20) switch
        {
            0 => At(_generator.NextRange(1), start),
            < 9 => At(_generator.Next(depth), start),
            _ => Over(_generator.Next(depth), start),
        };
    }

    private static QueryCall At(string text, long time) => new(text, time, time, 0);

    private QueryCall Over(string text, long start)
    {
        long[] steps = [10, 30, 60, 70, 300];
        long step = steps[_random.Next(steps.Length)];
        long room = QueryData.Start + QueryData.Length - start;
        return new QueryCall(text, start, start + (_random.Next((int)Math.Min(room, step * 30) / 10) * 10), step);
    }
}
