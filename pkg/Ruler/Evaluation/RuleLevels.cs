using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>Order of recording rules, of whatever groups, by which of them read what others write.</summary>
public static class RuleLevels
{
    private static readonly byte[] s_metricName = Encoding.UTF8.GetBytes(LabelSet.MetricName);

    /// <summary>Orders rules so that each comes after those whose series it may read. Rules of one level can be evaluated in any order.</summary>
    /// <param name="rules">The rules.</param>
    /// <returns>Levels, the first of which reads nothing that the others write.</returns>
    /// <exception cref="FormatException">Rules read one another in a circle; the message names them. A rule that reads its own series is no circle.</exception>
    public static IReadOnlyList<IReadOnlyList<RecordingRule>> Of(IReadOnlyList<RecordingRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var open = new List<RecordingRule>(rules);
        var reads = new Dictionary<object, List<RecordingRule>>(ReferenceEqualityComparer.Instance);
        foreach (RecordingRule rule in rules)
        {
            reads[rule] = open.FindAll(other => !ReferenceEquals(other, rule) && Reads(rule, other));
        }

        var levels = new List<IReadOnlyList<RecordingRule>>();
        while (open.Count > 0)
        {
            var left = new HashSet<object>(open, ReferenceEqualityComparer.Instance);
            List<RecordingRule> level = open.FindAll(rule => !reads[rule].Exists(left.Contains));
            if (level.Count == 0)
            {
                throw new FormatException($"rules read one another in a circle: {string.Join(", ", open.Select(static rule => rule.Name).Distinct())}");
            }

            levels.Add(level);
            open.RemoveAll(rule => level.Exists(one => ReferenceEquals(one, rule)));
        }

        return levels;
    }

    /// <summary>True when a rule may read series that another writes.</summary>
    /// <param name="reader">The rule with a query.</param>
    /// <param name="writer">The rule whose series are meant.</param>
    public static bool Reads(Rule reader, RecordingRule writer)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(writer);
        byte[] name = Encoding.UTF8.GetBytes(writer.Name);
        return PromQLParser.Selectors(reader.Tree).Any(selector => CouldSelect(selector, writer, name));
    }

    /// <summary>A selector without a condition on the name is taken for one of what is scraped, or else any rule would read any other.</summary>
    private static bool CouldSelect(VectorSelector selector, RecordingRule writer, byte[] name)
    {
        bool named = false;
        foreach (LabelMatcher matcher in selector.Matchers)
        {
            bool isName = matcher.NameUtf8.Span.SequenceEqual(s_metricName);
            named |= isName;
            KeyValuePair<string, string> label = writer.Labels.FirstOrDefault(label => label.Key == matcher.Name);
            if (isName ? !matcher.Matches(name) : label.Key is not null && !matcher.Matches(Encoding.UTF8.GetBytes(label.Value)))
            {
                return false;
            }
        }

        return named;
    }
}
