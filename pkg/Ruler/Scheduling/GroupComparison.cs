using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>Whether groups are the same, wherever in a file they stand.</summary>
internal static class GroupComparison
{
    /// <summary>True when nothing that matters for evaluation or the API differs.</summary>
    public static bool AreSame(RuleGroup a, RuleGroup b) =>
        a.File == b.File && a.Name == b.Name && a.Interval == b.Interval && a.QueryOffset == b.QueryOffset && a.Limit == b.Limit &&
        a.Rules.Count == b.Rules.Count && a.Rules.Zip(b.Rules).All(static pair => AreSame(pair.First, pair.Second));

    private static bool AreSame(Rule a, Rule b) =>
        a.Name == b.Name && a.Expression == b.Expression && a.Labels.SequenceEqual(b.Labels) && (a, b) switch
        {
            (RecordingRule, RecordingRule) => true,
            (AlertingRule x, AlertingRule y) => x.For == y.For && x.KeepFiringFor == y.KeepFiringFor && x.Annotations.SequenceEqual(y.Annotations),
            _ => false,
        };
}
