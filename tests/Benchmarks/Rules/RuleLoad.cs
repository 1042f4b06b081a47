using System.Globalization;
using System.Text;

namespace RemoteStore.Benchmarks.Rules;

/// <summary>Rules over series of many metrics: half of them sums and maxima, the others alerts that do not fire.</summary>
/// <param name="Groups">Groups.</param>
/// <param name="RulesPerGroup">Rules of each.</param>
/// <param name="Metrics">Metrics, each with the same number of series.</param>
/// <param name="SeriesPerMetric">Series of each.</param>
/// <param name="IntervalSeconds">Interval of all groups.</param>
internal sealed record RuleLoad(int Groups, int RulesPerGroup, int Metrics, int SeriesPerMetric, int IntervalSeconds)
{
    private static readonly string[] s_queries =
        ["sum by (job) ({0})", "max by (job) ({0})", "count by (zone) ({0} > 0)", "avg by (job, zone) ({0})", "topk(3, {0})"];

    /// <summary>10,000 rules in 200 groups over 100,000 series.</summary>
    public static RuleLoad Default { get; } = new(200, 50, 1_000, 100, 30);

    /// <summary>Name of a metric.</summary>
    public static string Metric(int number) => string.Create(CultureInfo.InvariantCulture, $"m{number}");

    /// <summary>Labels of a series.</summary>
    public static (string Name, string Value)[] Labels(int metric, int series) =>
    [
        ("__name__", Metric(metric)),
        ("instance", string.Create(CultureInfo.InvariantCulture, $"host-{series}:9100")),
        ("job", string.Create(CultureInfo.InvariantCulture, $"job-{series % 5}")),
        ("zone", string.Create(CultureInfo.InvariantCulture, $"zone-{series % 3}")),
    ];

    /// <summary>A file with all groups.</summary>
    public string File()
    {
        var text = new StringBuilder("groups:\n");
        int rule = 0;
        for (int group = 0; group < Groups; group++)
        {
            text.Append(CultureInfo.InvariantCulture, $"- name: group-{group}\n  interval: {IntervalSeconds}s\n  rules:\n");
            for (int i = 0; i < RulesPerGroup; i++, rule++)
            {
                string metric = Metric(rule % Metrics);
                text.Append(i % 2 == 0
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"  - record: '{metric}:rule{rule}'\n    expr: '{string.Format(CultureInfo.InvariantCulture, s_queries[rule / 2 % s_queries.Length], metric)}'\n")
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"  - alert: Alert{rule}\n    expr: '{metric} > 1e9'\n    for: 5m\n    annotations: {{summary: '{{{{ $labels.instance }}}} is {{{{ $value }}}}'}}\n"));
            }
        }

        return text.ToString();
    }
}
