using System.Globalization;

namespace RemoteStore.Testing.PromQL;

/// <summary>Draws the smallest parts of queries: selectors, durations, numbers.</summary>
internal sealed class QuerySource(Random random, IReadOnlyList<QueryMetric> metrics, QueryTimes times, QueryLanguage language)
{
    public QueryLanguage Language { get; } = language;

    public int Below(int bound) => random.Next(bound);

    public T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>Some of the items, in their order, perhaps none.</summary>
    public List<T> Some<T>(IReadOnlyList<T> items) => [.. items.Where(_ => random.Next(2) == 0)];

    public QueryMetric Metric() => Pick([.. metrics.Where(static m => m.Kind != QueryMetricKind.Info)]);

    public QueryMetric Metric(params QueryMetricKind[] kinds) => Pick([.. metrics.Where(m => kinds.Contains(m.Kind))]);

    public bool Has(QueryMetricKind kind) => metrics.Any(m => m.Kind == kind);

    /// <summary>A number with few digits, so that it adds no rounding error of its own.</summary>
    public string Number() => Pick(["0", "1", "2", "-1", "0.5", "10", "100", "-3.25", "1e3", "0x1F", "1e-3"]);

    /// <summary>A number that no value of the data equals.</summary>
    public string OddNumber() => QueryGenerator.Number(random.Next(-50, 2000) + 0.3141);

    public string Fraction() => QueryGenerator.Number(random.Next(1, 100) / 100.0);

    /// <summary>A selector with its offset and time.</summary>
    public string Selector(QueryMetric metric) => Bare(metric) + Modifiers();

    /// <summary>A selector with a range.</summary>
    public string RangeSelector(QueryMetric metric) => $"{Bare(metric)}[{Duration(Pick(times.Ranges))}]{Modifiers()}";

    /// <summary>What makes a subquery of an expression.</summary>
    public string SubqueryRange()
    {
        long step = Pick(times.SubquerySteps);
        return $"[{Duration(Pick(times.SubqueryRanges))}:{(step == 0 ? "" : Duration(step))}]{Modifiers()}";
    }

    private string Modifiers()
    {
        string offset = Below(6) == 0 ? " offset " + Duration(Pick(times.Offsets)) : "";
        string at = Below(12) switch
        {
            0 => " @ " + Pick(times.At).ToString(CultureInfo.InvariantCulture),
            1 => " @ start()",
            2 => " @ end()",
            _ => "",
        };
        return Below(2) == 0 ? offset + at : at + offset;
    }

    private string Bare(QueryMetric metric)
    {
        List<string> matchers = [];
        foreach ((string name, IReadOnlyList<string> values) in metric.Labels)
        {
            if (Below(5) != 0)
            {
                continue;
            }

            string value = Pick(values);
            matchers.Add(Below(6) switch
            {
                0 => $"{name}=\"{value}\"",
                1 => $"{name}!=\"{value}\"",
                2 => $"{name}=~\"{Regex(value)}|{Regex(Pick(values))}\"",
                3 => $"{name}!~\"{Regex(value)}\"",
                4 => $"{name}=~\".*{Regex(value[^1..])}\"",
                _ => $"{name}=~\".+\"",
            });
        }

        return matchers.Count == 0 ? metric.Name : $"{metric.Name}{{{string.Join(',', matchers)}}}";
    }

    private static string Regex(string literal) =>
        string.Concat(literal.Select(c => char.IsAsciiLetterOrDigit(c) || c > '\x7f' ? c.ToString() : "\\\\" + c));

    private static string Duration(long seconds)
    {
        string sign = seconds < 0 ? "-" : "";
        long left = Math.Abs(seconds);
        return left >= 60 && left % 60 != 0 ? $"{sign}{left / 60}m{left % 60}s" : left >= 60 ? $"{sign}{left / 60}m" : $"{sign}{left}s";
    }
}
