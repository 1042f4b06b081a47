using RemoteStore.Api.Rules;
using RemoteStore.Model;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Scheduling;

namespace RemoteStore.Server.Roles;

/// <summary>Shows the rules that are evaluated to the API.</summary>
internal sealed class RuleDirectory(RuleScheduler scheduler, IReadOnlyList<string> alertmanagers, bool canChange) : IRuleDirectory
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Alertmanagers => alertmanagers;

    /// <inheritdoc/>
    public bool CanChange => canChange;

    /// <inheritdoc/>
    public IReadOnlyList<ListedGroup> Groups(TenantId tenant) =>
    [
        .. scheduler.Groups(tenant).Select(static group => new ListedGroup(
            group.Group.Name, group.Group.File, group.Interval, group.Group.Limit, [.. group.Rules.Select(Rule)], group.EvaluationTime, group.LastEvaluationMs)),
    ];

    private static ListedRule Rule(RuleState rule)
    {
        RuleStatus status = rule.Status;
        string health = status.Health switch
        {
            RuleHealth.Good => "ok",
            RuleHealth.Bad => "err",
            _ => "unknown",
        };
        return new ListedRule(
            rule.Rule.Name, rule.Rule.Query, rule.Rule.Labels, health, status.LastError ?? "", status.Duration, status.EvaluatedAtMs, Alerting(rule as AlertingRuleState));
    }

    private static ListedAlerting? Alerting(AlertingRuleState? rule) => rule is null
        ? null
        : new ListedAlerting(Name(rule.State), rule.Rule.For, rule.Rule.KeepFiringFor, rule.Rule.Annotations, [.. rule.ActiveAlerts.Select(Alert)]);

    private static ListedAlert Alert(Alert alert) =>
        new(alert.Labels, alert.Annotations, Name(alert.State), alert.ActiveAtMs, alert.KeepFiringSinceMs, alert.Value);

    private static string Name(AlertState state) => state switch
    {
        AlertState.Firing => "firing",
        AlertState.Pending => "pending",
        _ => "inactive",
    };
}
