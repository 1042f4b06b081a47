namespace RemoteStore.Api.Rules;

/// <summary>A rule.</summary>
/// <param name="Name">Metric name of a recording rule, name of an alert.</param>
/// <param name="Query">Its query.</param>
/// <param name="Labels">Its labels as written, by name.</param>
/// <param name="Health"><c>ok</c>, <c>err</c> or <c>unknown</c>.</param>
/// <param name="LastError">What went wrong with the last evaluation; empty when nothing did.</param>
/// <param name="EvaluationTime">How long the last evaluation took.</param>
/// <param name="LastEvaluationMs">When it began, milliseconds since the Unix epoch; 0 before the first.</param>
/// <param name="Alerting">What only alerting rules have; null for a recording rule.</param>
public sealed record ListedRule(
    string Name,
    string Query,
    IReadOnlyList<KeyValuePair<string, string>> Labels,
    string Health,
    string LastError,
    TimeSpan EvaluationTime,
    long LastEvaluationMs,
    ListedAlerting? Alerting);

/// <summary>What only alerting rules have.</summary>
/// <param name="State">The most urgent state of its alerts: <c>inactive</c>, <c>pending</c> or <c>firing</c>.</param>
/// <param name="Duration">How long a series must be there before its alert fires.</param>
/// <param name="KeepFiringFor">How long an alert fires on after its series is gone.</param>
/// <param name="Annotations">Templates, by name.</param>
/// <param name="Alerts">Alerts that are pending or firing.</param>
public sealed record ListedAlerting(
    string State,
    TimeSpan Duration,
    TimeSpan KeepFiringFor,
    IReadOnlyList<KeyValuePair<string, string>> Annotations,
    IReadOnlyList<ListedAlert> Alerts);
