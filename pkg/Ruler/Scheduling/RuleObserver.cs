using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Notifying;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>Tells the alerts of a tenant's rules, and in the log what goes wrong with them.</summary>
/// <param name="tenant">Whose rules.</param>
/// <param name="options">How often alerts are told.</param>
/// <param name="externalUrl">What links to queries begin with.</param>
/// <param name="notifier">Tells alerts.</param>
/// <param name="metrics">Where refusals are counted.</param>
/// <param name="logger">Where failures go.</param>
internal sealed class RuleObserver(
    TenantId tenant, RulerOptions options, string externalUrl, INotifier notifier, RulerMetrics metrics, ILogger logger) : IRuleObserver
{
    /// <inheritdoc/>
    public void Evaluated(RuleGroup group, RuleState rule, long timestampMs)
    {
        if (rule is not AlertingRuleState alerting)
        {
            return;
        }

        IReadOnlyList<Alert> alerts = alerting.TakeAlertsToSend(timestampMs, options.ResendDelay, group.Interval ?? options.EvaluationInterval);
        if (alerts.Count > 0)
        {
            string link = GeneratorUrl.Of(externalUrl, rule.Rule.Query);
            notifier.Send(tenant, [.. alerts.Select(alert => Notification(alert, link))]);
        }
    }

    /// <inheritdoc/>
    public void Finished(RuleGroup group, RuleState rule, long timestampMs)
    {
        if (rule.Status is { Health: RuleHealth.Bad, LastError: { } error })
        {
            logger.RuleFailed(tenant.Name, group.File, group.Name, rule.Rule.Name, error);
        }
    }

    /// <inheritdoc/>
    public void Refused(RuleGroup group, RuleState rule, long refused, string reason) => metrics.Refused(tenant, refused); // the reason is in the rule's status

    /// <inheritdoc/>
    public void Warned(RuleGroup group, RuleState rule, string warnings) => logger.RuleWarned(tenant.Name, group.File, group.Name, rule.Rule.Name, warnings);

    /// <inheritdoc/>
    public void TemplateFailed(RuleGroup group, RuleState rule, string name, string reason) =>
        logger.RuleTemplateFailed(tenant.Name, group.File, group.Name, rule.Rule.Name, name, reason);

    private static AlertNotification Notification(Alert alert, string link) => new(
        alert.Labels, alert.Annotations, alert.FiredAtMs ?? alert.ActiveAtMs, alert.ResolvedAtMs ?? alert.ValidUntilMs ?? alert.ActiveAtMs, link);
}
