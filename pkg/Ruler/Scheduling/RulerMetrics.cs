using Prometheus;
using RemoteStore.Model;
using RemoteStore.Telemetry;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>Metrics of rules. Names are those of Prometheus with <c>remotestore_</c> for <c>prometheus_</c>; the tenant is a further label.</summary>
internal sealed class RulerMetrics
{
    private static readonly string[] s_labels = ["tenant", "rule_group"];

    private readonly Counter _evaluations;
    private readonly Counter _failures;
    private readonly Counter _refused;
    private readonly Counter _iterations;
    private readonly Counter _missed;
    private readonly Gauge _interval;
    private readonly Gauge _lastEvaluation;
    private readonly Gauge _lastDuration;
    private readonly Gauge _lastRestore;
    private readonly Gauge _rules;
    private readonly Gauge _samples;
    private readonly Histogram _ruleDuration;
    private readonly Histogram _groupDuration;
    private readonly Gauge _loaded;
    private readonly Gauge _loadedAt;

    public RulerMetrics(MetricsRegistry registry)
    {
        _evaluations = registry.Counter("remotestore_rule_evaluations_total", "Evaluations of rules, by tenant and group.", s_labels);
        _failures = registry.Counter("remotestore_rule_evaluation_failures_total", "Evaluations that failed or whose samples were refused, by tenant and group.", s_labels);
        _refused = registry.Counter("remotestore_rule_samples_refused_total", "Samples of rules that were refused, by tenant.", "tenant");
        _iterations = registry.Counter("remotestore_rule_group_iterations_total", "Evaluations of groups that were due, missed ones included, by tenant and group.", s_labels);
        _missed = registry.Counter("remotestore_rule_group_iterations_missed_total", "Evaluations of groups that did not take place because an earlier one took too long.", s_labels);
        _interval = registry.Gauge("remotestore_rule_group_interval_seconds", "Interval of a group.", s_labels);
        _lastEvaluation = registry.Gauge("remotestore_rule_group_last_evaluation_timestamp_seconds", "When the last evaluation of a group began.", s_labels);
        _lastDuration = registry.Gauge("remotestore_rule_group_last_duration_seconds", "How long the last evaluation of a group took.", s_labels);
        _lastRestore = registry.Gauge("remotestore_rule_group_last_restore_duration_seconds", "How long it took to read what the alerts of a group were before a restart.", s_labels);
        _rules = registry.Gauge("remotestore_rule_group_rules", "Rules of a group.", s_labels);
        _samples = registry.Gauge("remotestore_rule_group_last_evaluation_samples", "Samples of the last evaluation of a group.", s_labels);
        _ruleDuration = registry.Latency("remotestore_rule_evaluation_duration_seconds", "Time to evaluate a rule.");
        _groupDuration = registry.Latency("remotestore_rule_group_duration_seconds", "Time to evaluate a group.");
        _loaded = registry.Gauge("remotestore_rules_last_load_successful", "1 when the last look at rules found no fault, else 0, by where they come from.", "origin");
        _loadedAt = registry.Gauge("remotestore_rules_last_load_success_timestamp_seconds", "When rules were last looked at without finding a fault.", "origin");
    }

    public Group For(TenantId tenant, GroupKey key) => new(this, [tenant.Name, key.ToString()]);

    public void RuleEvaluated(TimeSpan time) => _ruleDuration.Observe(time.TotalSeconds);

    public void Refused(TenantId tenant, long samples) => _refused.WithLabels(tenant.Name).Inc(samples);

    /// <summary>Rules were looked at.</summary>
    public void Loaded(RuleOrigin origin, bool successful, DateTimeOffset now)
    {
        string name = origin == RuleOrigin.File ? "file" : "api";
        _loaded.WithLabels(name).Set(successful ? 1 : 0);
        if (successful)
        {
            _loadedAt.WithLabels(name).Set(now.ToUnixTimeMilliseconds() / 1000.0);
        }
    }

    /// <summary>Those of one group.</summary>
    internal sealed class Group(RulerMetrics metrics, string[] labels)
    {
        private readonly Counter.Child _evaluations = metrics._evaluations.WithLabels(labels);
        private readonly Counter.Child _failures = metrics._failures.WithLabels(labels);
        private readonly Counter.Child _iterations = metrics._iterations.WithLabels(labels);
        private readonly Counter.Child _missed = metrics._missed.WithLabels(labels);

        public void Starts(TimeSpan interval, int rules)
        {
            metrics._interval.WithLabels(labels).Set(interval.TotalSeconds);
            metrics._rules.WithLabels(labels).Set(rules);
        }

        public void RuleEvaluated(bool failed)
        {
            _evaluations.Inc();
            _failures.Inc(failed ? 1 : 0);
        }

        public void Missed(long iterations)
        {
            _iterations.Inc(iterations);
            _missed.Inc(iterations);
        }

        public void Evaluated(long startedAtMs, TimeSpan time, long samples)
        {
            _iterations.Inc();
            metrics._lastEvaluation.WithLabels(labels).Set(startedAtMs / 1000.0);
            metrics._lastDuration.WithLabels(labels).Set(time.TotalSeconds);
            metrics._samples.WithLabels(labels).Set(samples);
            metrics._groupDuration.Observe(time.TotalSeconds);
        }

        public void Restored(TimeSpan time) => metrics._lastRestore.WithLabels(labels).Set(time.TotalSeconds);

        /// <summary>The group is gone.</summary>
        public void Remove()
        {
            foreach (Counter counter in (ReadOnlySpan<Counter>)[metrics._evaluations, metrics._failures, metrics._iterations, metrics._missed])
            {
                counter.RemoveLabelled(labels);
            }

            foreach (Gauge gauge in (ReadOnlySpan<Gauge>)
                [metrics._interval, metrics._lastEvaluation, metrics._lastDuration, metrics._lastRestore, metrics._rules, metrics._samples])
            {
                gauge.RemoveLabelled(labels);
            }
        }
    }
}
