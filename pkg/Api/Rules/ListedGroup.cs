namespace RemoteStore.Api.Rules;

/// <summary>A group of rules.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">Its file or namespace.</param>
/// <param name="Interval">How often it is evaluated.</param>
/// <param name="Limit">Most series or alerts of a rule; 0: no limit.</param>
/// <param name="Rules">Its rules in order.</param>
/// <param name="EvaluationTime">How long the last evaluation took.</param>
/// <param name="LastEvaluationMs">When it began, milliseconds since the Unix epoch; 0 before the first.</param>
public sealed record ListedGroup(
    string Name, string File, TimeSpan Interval, int Limit, IReadOnlyList<ListedRule> Rules, TimeSpan EvaluationTime, long LastEvaluationMs);
