using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Evaluation;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>
/// Sets the clocks of a group's alerts back to what they were before a restart, after the first evaluation, so that what fired fires again with the second, before
/// Alertmanager takes it for resolved. Alerts that appear with the second only, because what they read was not there before, are restored after that.
/// </summary>
/// <remarks>
/// Prometheus restores once, after the second evaluation, and leaves out alerts whose <c>for</c> is below the grace period; those begin anew. Here they go on: the
/// grace period is for those whose <c>for</c> is as long.
/// </remarks>
internal sealed class GroupRestoration(GroupEvaluator evaluator, TenantContext context)
{
    private readonly Dictionary<AlertingRuleState, Dictionary<LabelSet, (long TimestampMs, double ActiveAtSeconds)>> _left = [];
    private bool _begun;

    /// <summary>True when nothing is left to do.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Restores what is active now. To be called after each evaluation until it is over.</summary>
    public async ValueTask ContinueAsync(CancellationToken cancellationToken)
    {
        if (!_begun)
        {
            _begun = true;
            foreach (AlertingRuleState rule in evaluator.AlertingRules)
            {
                if (!rule.IsRestored)
                {
                    await BeginAsync(rule, cancellationToken);
                }
            }

            IsOver = _left.Count == 0;
            return;
        }

        foreach ((AlertingRuleState rule, Dictionary<LabelSet, (long, double)> left) in _left)
        {
            Restore(rule, left);
        }

        IsOver = true;
        _left.Clear();
    }

    private async ValueTask BeginAsync(AlertingRuleState rule, CancellationToken cancellationToken)
    {
        Dictionary<LabelSet, (long, double)> known = await ReadAsync(rule, cancellationToken);
        Restore(rule, known);
        foreach (Alert alert in rule.Alerts)
        {
            known.Remove(alert.Labels);
        }

        if (known.Count > 0)
        {
            _left.Add(rule, known);
        }
    }

    private void Restore(AlertingRuleState rule, Dictionary<LabelSet, (long, double)> known)
    {
        TimeSpan grace = context.Options.ForGracePeriod;
        rule.Restore(known, NowMs, rule.Rule.For < grace ? TimeSpan.Zero : grace);
    }

    private async ValueTask<Dictionary<LabelSet, (long, double)>> ReadAsync(AlertingRuleState rule, CancellationToken cancellationToken)
    {
        try
        {
            var range = new QueryRange(NowMs - (long)context.Options.ForOutageTolerance.TotalMilliseconds, NowMs);
            return await ForStateReader.ReadAsync(context.Storage, context.Environment.Tenant, rule.Rule.Name, range, cancellationToken);
        }
        catch (Exception e) when (e is IOException or QueryException && !cancellationToken.IsCancellationRequested)
        {
            context.Logger.RestoreFailed(context.Environment.Tenant.Name, evaluator.Group.File, evaluator.Group.Name, rule.Rule.Name, e.Message);
            return [];
        }
    }

    private long NowMs => context.Environment.Time.GetUtcNow().ToUnixTimeMilliseconds();
}
