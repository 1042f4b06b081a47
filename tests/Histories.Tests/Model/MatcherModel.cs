using System.Text;
using System.Text.RegularExpressions;
using RemoteStore.Model.Labels;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Histories.Tests.Model;

/// <summary>Matchers with an evaluation of their own.</summary>
internal sealed class MatcherModel(params IReadOnlyList<LabelMatcher> matchers)
{
    private static readonly string[] s_names = ["__name__", "job", "pod", "missing"];
    private static readonly string[] s_values = ["metric_0", "metric_1", "job-0", "job-1", "lone", "pod-1", "pod-100", ""];
    private static readonly string[] s_patterns = ["metric_.*", ".*", "job-[01]", "pod-1.*|pod-2", ".+", "lone.*", "x|"];

    /// <summary>Every series.</summary>
    public static MatcherModel All { get; } = new(new LabelMatcher(MatchType.Regexp, "__name__", ".+"));

    public IReadOnlyList<LabelMatcher> Matchers { get; } = matchers;

    /// <summary>One to three matchers, at least one of which the empty value does not satisfy.</summary>
    public static MatcherModel Any(Random random)
    {
        var matchers = new List<LabelMatcher> { new(MatchType.Regexp, "__name__", random.Next(2) == 0 ? ".+" : "metric_.*|lone_4") };
        for (int i = random.Next(3); i > 0; i--)
        {
            string name = s_names[random.Next(s_names.Length)];
            matchers.Add(random.Next(2) == 0
                ? new LabelMatcher(random.Next(2) == 0 ? MatchType.Equal : MatchType.NotEqual, name, s_values[random.Next(s_values.Length)])
                : new LabelMatcher(random.Next(2) == 0 ? MatchType.Regexp : MatchType.NotRegexp, name, s_patterns[random.Next(s_patterns.Length)]));
        }

        return new MatcherModel(matchers);
    }

    public bool Matches(LabelSet labels)
    {
        foreach (LabelMatcher matcher in Matchers)
        {
            string value = Encoding.UTF8.GetString(LabelSet.GetValue(labels.Bytes.Span, Encoding.UTF8.GetBytes(matcher.Name)));
            bool holds = matcher.Type switch
            {
                MatchType.Equal => value == matcher.Value,
                MatchType.NotEqual => value != matcher.Value,
                MatchType.Regexp => Regex.IsMatch(value, $"^(?:{matcher.Value})$"),
                _ => !Regex.IsMatch(value, $"^(?:{matcher.Value})$"),
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    public override string ToString() => "{" + string.Join(",", Matchers) + "}";
}
