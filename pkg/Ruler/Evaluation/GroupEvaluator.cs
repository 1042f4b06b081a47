using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>
/// Evaluates the rules of a group at times that its caller gives: asks their queries, moves their alerts on, writes their samples, and ends series that are gone with stale
/// markers. A rule that fails does not hold up the others. One evaluation of a rule at a time.
/// </summary>
public sealed class GroupEvaluator
{
    private readonly RuleEnvironment _environment;
    private readonly RuleQueries _queries;
    private HashSet<LabelSet> _ending = [];

    /// <summary>Creates the evaluator of a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="environment">What surrounds it.</param>
    /// <param name="awaitsRestore">True when <see cref="AlertingRuleState.Restore"/> will be called for each alerting rule.</param>
    public GroupEvaluator(RuleGroup group, RuleEnvironment environment, bool awaitsRestore)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(environment);
        Group = group;
        _environment = environment;
        _queries = new RuleQueries(environment);
        Rules = [.. group.Rules.Select<Rule, RuleState>(rule => rule is AlertingRule alert
            ? new AlertingRuleState(alert, awaitsRestore)
            : new RecordingRuleState((RecordingRule)rule))];
    }

    /// <summary>The group.</summary>
    public RuleGroup Group { get; }

    /// <summary>Its rules in order.</summary>
    public IReadOnlyList<RuleState> Rules { get; }

    /// <summary>Those of them that raise alerts.</summary>
    public IEnumerable<AlertingRuleState> AlertingRules => Rules.OfType<AlertingRuleState>();

    /// <summary>How far behind the clock it is evaluated.</summary>
    public TimeSpan QueryOffset => Group.QueryOffset ?? _environment.QueryOffset;

    /// <summary>Evaluates all rules, one after the other.</summary>
    /// <param name="timestampMs">For when, milliseconds since the Unix epoch.</param>
    /// <param name="cancellationToken">Given up by the caller; the rules after the one under way are left as they are.</param>
    /// <returns>Samples that the rules gave.</returns>
    public async ValueTask<long> EvaluateAsync(long timestampMs, CancellationToken cancellationToken)
    {
        long samples = 0;
        foreach (RuleState rule in Rules)
        {
            samples += await EvaluateAsync(rule, timestampMs, cancellationToken).ConfigureAwait(false);
        }

        await EndSeriesAsync(timestampMs, cancellationToken).ConfigureAwait(false);
        return samples;
    }

    /// <summary>Evaluates one of the rules. Different rules may be evaluated at the same time.</summary>
    /// <param name="rule">One of <see cref="Rules"/>.</param>
    /// <param name="timestampMs">For when, milliseconds since the Unix epoch.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <returns>Samples that it gave; 0 when it failed.</returns>
    public async ValueTask<int> EvaluateAsync(RuleState rule, long timestampMs, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rule);
        cancellationToken.ThrowIfCancellationRequested();
        long startedAtMs = _environment.Time.GetUtcNow().ToUnixTimeMilliseconds();
        long started = _environment.Time.GetTimestamp();
        var run = new RuleRun(
            timestampMs,
            (long)QueryOffset.TotalMilliseconds,
            Group.Limit,
            (name, reason) => _environment.Observer?.TemplateFailed(Group, rule, name, reason),
            warnings => _environment.Observer?.Warned(Group, rule, warnings));
        int count = 0;
        string? error;
        try
        {
            List<RuleSample> samples = await rule.EvaluateAsync(_queries, run, cancellationToken).ConfigureAwait(false);
            count = samples.Count;
            _environment.Observer?.Evaluated(Group, rule, timestampMs);
            error = await WriteAsync(rule, samples, run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is QueryException or RuleFailedException or IOException)
        {
            error = e.Message;
        }
        catch (QueryException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }

        rule.Report(new RuleStatus(error is null ? RuleHealth.Good : RuleHealth.Bad, error, startedAtMs, _environment.Time.GetElapsedTime(started), count));
        _environment.Observer?.Finished(Group, rule, timestampMs);
        return count;
    }

    /// <summary>
    /// Takes over what an earlier configuration of the group knows: alerts, and series that have to end one day. Rules are paired by kind, name and labels, the first
    /// with the first; series of rules without a partner end with the next evaluation.
    /// </summary>
    /// <param name="earlier">The evaluator of that configuration; not to be used any more.</param>
    public void TakeOver(GroupEvaluator earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        _ending = earlier._ending;
        var left = new List<RuleState>(earlier.Rules);
        foreach (RuleState rule in Rules)
        {
            int partner = left.FindIndex(other =>
                other.GetType() == rule.GetType() && other.Rule.Name == rule.Rule.Name && other.Rule.Labels.SequenceEqual(rule.Rule.Labels));
            if (partner >= 0)
            {
                rule.TakeOver(left[partner]);
                left.RemoveAt(partner);
            }
        }

        _ending.UnionWith(left.SelectMany(static rule => rule.Written));
    }

    /// <summary>The group is no more: all its series end with the next <see cref="EndSeriesAsync"/>.</summary>
    public void EndAllSeries()
    {
        foreach (RuleState rule in Rules)
        {
            _ending.UnionWith(rule.Written);
            rule.Wrote([]);
        }
    }

    /// <summary>Writes stale markers for series whose rules are gone.</summary>
    /// <param name="timestampMs">For when, milliseconds since the Unix epoch.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    public async ValueTask EndSeriesAsync(long timestampMs, CancellationToken cancellationToken)
    {
        // A rule with a new place in the group writes the series of the old one on.
        _ending.ExceptWith(Rules.SelectMany(static rule => rule.Written));
        if (_ending.Count == 0)
        {
            return;
        }

        try
        {
            await _environment.Sink.WriteAsync(Markers(_ending, timestampMs - (long)QueryOffset.TotalMilliseconds), cancellationToken).ConfigureAwait(false);
            _ending = [];
        }
        catch (IOException)
        {
            // They are written with the next evaluation.
        }
    }

    /// <summary>Writes what a rule gave; returns what went wrong.</summary>
    private async ValueTask<string?> WriteAsync(RuleState rule, List<RuleSample> samples, RuleRun run, CancellationToken cancellationToken)
    {
        string? error = null;
        if (samples.Count > 0)
        {
            RuleWriteResult result = await _environment.Sink.WriteAsync(samples, cancellationToken).ConfigureAwait(false);
            if (result.Refused > 0)
            {
                error = result.Reason ?? "samples were refused";
                _environment.Observer?.Refused(Group, rule, result.Refused, error);
            }
        }

        HashSet<LabelSet> written = [.. samples.Select(static sample => sample.Labels)];
        var gone = new HashSet<LabelSet>(rule.Written);
        gone.ExceptWith(written);
        if (gone.Count > 0)
        {
            // Refusals mean that another rule writes the series.
            await _environment.Sink.WriteAsync(Markers(gone, run.QueryTimeMs), cancellationToken).ConfigureAwait(false);
        }

        rule.Wrote(written);
        return error;
    }

    private static List<RuleSample> Markers(HashSet<LabelSet> series, long timestampMs) =>
        [.. series.Select(labels => new RuleSample(labels, timestampMs, SampleBits.StaleMarker, null))];
}
