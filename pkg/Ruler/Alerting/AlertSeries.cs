using RemoteStore.Model.Labels;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Alerting;

/// <summary>The series that tell of a rule's alerts: <c>ALERTS</c> with their state and <c>ALERTS_FOR_STATE</c> with the time since when they are active.</summary>
internal sealed class AlertSeries
{
    /// <summary>Metric name of the series that is 1 while an alert is pending or firing.</summary>
    public const string AlertsMetric = "ALERTS";

    /// <summary>Metric name of the series whose value is since when an alert is active, in seconds.</summary>
    public const string ForStateMetric = "ALERTS_FOR_STATE";

    /// <summary>Label with the name of the rule.</summary>
    public const string NameLabel = "alertname";

    private const string StateLabel = "alertstate";

    private readonly AlertingRule _rule;

    public AlertSeries(AlertingRule rule) => _rule = rule;

    /// <summary>Samples of both series for each alert that is pending or firing.</summary>
    public List<RuleSample> Of(IReadOnlyList<Alert> alerts, long timestampMs)
    {
        var samples = new List<RuleSample>(2 * alerts.Count);
        foreach (Alert alert in alerts.Where(static alert => alert.State != AlertState.Inactive))
        {
            string state = alert.State == AlertState.Firing ? "firing" : "pending";
            double activeAtSeconds = Math.Floor(alert.ActiveAtMs / 1000.0);
            samples.Add(Sample(alert, AlertsMetric, 1, state));
            samples.Add(Sample(alert, ForStateMetric, activeAtSeconds, state: null));
        }

        return samples;

        RuleSample Sample(Alert alert, string metric, double value, string? state)
        {
            List<KeyValuePair<string, string>> overrides = [new(LabelSet.MetricName, metric), new(NameLabel, _rule.Name)];
            if (state is not null)
            {
                overrides.Add(new(StateLabel, state));
            }

            return new RuleSample(new LabelOverrides(overrides).Apply(alert.Labels), timestampMs, BitConverter.DoubleToInt64Bits(value), null);
        }
    }
}
