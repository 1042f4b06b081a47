using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Files;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>
/// Which rules of a group may be evaluated at once: first those that read nothing that the group writes, then, one after the other, those that read and are read,
/// last those that nothing reads.
/// </summary>
internal static class RuleDependencies
{
    /// <summary>Numbers of rules in steps; those of a step may be evaluated at once.</summary>
    /// <param name="rules">The rules of a group in order.</param>
    /// <param name="concurrent">False to evaluate one after the other whatever they read.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Steps(IReadOnlyList<Rule> rules, bool concurrent)
    {
        HashSet<string>[]? inputs = concurrent && rules.Count > 1 ? Inputs(rules) : null;
        if (inputs is null)
        {
            return [.. Enumerable.Range(0, rules.Count).Select(static i => (IReadOnlyList<int>)[i])];
        }

        var outputs = rules.OfType<RecordingRule>().Select(static rule => rule.Name).ToHashSet(StringComparer.Ordinal);
        var read = inputs.SelectMany(static names => names).ToHashSet(StringComparer.Ordinal);
        var first = new List<int>();
        var middle = new List<IReadOnlyList<int>>();
        var last = new List<int>();
        for (int i = 0; i < rules.Count; i++)
        {
            if (!inputs[i].Overlaps(outputs))
            {
                first.Add(i);
            }
            else if (rules[i] is RecordingRule && read.Contains(rules[i].Name))
            {
                middle.Add([i]);
            }
            else
            {
                last.Add(i);
            }
        }

        return [.. ((IReadOnlyList<int>[])[first, .. middle, last]).Where(static step => step.Count > 0)];
    }

    /// <summary>Metric names that each rule reads; null when it cannot be told, or when one reads the series of alerts.</summary>
    private static HashSet<string>[]? Inputs(IReadOnlyList<Rule> rules)
    {
        var inputs = new HashSet<string>[rules.Count];
        for (int i = 0; i < rules.Count; i++)
        {
            inputs[i] = new HashSet<string>(StringComparer.Ordinal);
            var open = new Stack<Expr>([rules[i].Tree]);
            while (open.TryPop(out Expr? node))
            {
                if (node is VectorSelector selector && !AddNames(selector, inputs[i]))
                {
                    return null;
                }

                foreach (Expr child in node.Children())
                {
                    open.Push(child);
                }
            }
        }

        return inputs;
    }

    private static bool AddNames(VectorSelector selector, HashSet<string> names)
    {
        LabelMatcher? name = selector.Matchers.FirstOrDefault(static matcher => matcher.Name == LabelSet.MetricName && !matcher.MatchesEmpty);
        IEnumerable<string>? values = name switch
        {
            { Type: MatchType.Equal } => [name.Value],
            { Type: MatchType.Regexp, Regex.SetMatches: { } set } => set.Select(Encoding.UTF8.GetString),
            _ => null,
        };
        if (values is null)
        {
            return false;
        }

        names.UnionWith(values);
        return !names.Contains(AlertSeries.AlertsMetric) && !names.Contains(AlertSeries.ForStateMetric);
    }
}
