using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Results;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Alerting;

/// <summary>
/// An alerting rule that is evaluated again and again: its alerts go from pending to firing to resolved. One evaluation at a time; what it tells may be read by
/// others meanwhile.
/// </summary>
public sealed class AlertingRuleState : RuleState
{
    /// <summary>How long a resolved alert is remembered, so that whoever missed that hears it again.</summary>
    public static readonly TimeSpan ResolvedRetention = TimeSpan.FromMinutes(15);

    private readonly AlertSeries _series;
    private readonly AlertTexts _texts;
    private Dictionary<LabelSet, Alert> _alerts = [];
    private volatile IReadOnlyList<Alert> _published = [];

    /// <summary>Creates the state before the first evaluation.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="awaitsRestore">True when <see cref="Restore"/> will follow: until then no series of the alerts are written, so that what is restored is not overwritten.</param>
    public AlertingRuleState(AlertingRule rule, bool awaitsRestore)
        : base(rule)
    {
        Rule = rule;
        IsRestored = !awaitsRestore;
        _series = new AlertSeries(rule);
        _texts = new AlertTexts(rule);
    }

    /// <summary>The rule.</summary>
    public new AlertingRule Rule { get; }

    /// <summary>True when no <see cref="Restore"/> is awaited.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>All alerts, resolved ones of the last <see cref="ResolvedRetention"/> included.</summary>
    public IReadOnlyList<Alert> Alerts => _published;

    /// <summary>Alerts that are pending or firing.</summary>
    public IEnumerable<Alert> ActiveAlerts => _published.Where(static alert => alert.ResolvedAtMs is null);

    /// <summary>The most urgent state of its alerts.</summary>
    public AlertState State => _published.Select(static alert => alert.State).DefaultIfEmpty(AlertState.Inactive).Max();

    /// <inheritdoc/>
    internal override async ValueTask<List<RuleSample>> EvaluateAsync(RuleQueries queries, RuleRun run, CancellationToken cancellationToken)
    {
        (IReadOnlyList<ResultSeries> answer, IReadOnlyList<string> warnings) =
            await queries.AskAsync(Rule.Expression, run.QueryTimeMs, cancellationToken).ConfigureAwait(false);
        NoteWarnings(warnings, run);
        var found = new Dictionary<LabelSet, Alert>(answer.Count);
        foreach (ResultSeries series in answer)
        {
            (LabelSet labels, IReadOnlyList<KeyValuePair<string, string>> annotations) =
                await _texts.ExpandAsync(series, queries, run, cancellationToken).ConfigureAwait(false);
            Alert alert = Raise(series, labels, annotations, run.TimestampMs);
            if (!found.TryAdd(alert.Labels, alert))
            {
                throw new RuleFailedException("vector contains metrics with the same labelset after applying alert labels");
            }
        }

        var next = new Dictionary<LabelSet, Alert>(Math.Max(found.Count, _alerts.Count));
        foreach ((LabelSet labels, Alert known) in _alerts)
        {
            if (!found.Remove(labels, out Alert? now))
            {
                if (WithoutSeries(known, run.TimestampMs) is { } kept)
                {
                    next.Add(labels, kept);
                }
            }
            else
            {
                Alert alert = known.State == AlertState.Inactive
                    ? now
                    : known with { Value = now.Value, Histogram = now.Histogram, Annotations = now.Annotations, KeepFiringSinceMs = null };
                next.Add(labels, Fire(alert, run.TimestampMs));
            }
        }

        foreach ((LabelSet labels, Alert alert) in found)
        {
            next.Add(labels, Fire(alert, run.TimestampMs));
        }

        int active = next.Values.Count(static alert => alert.State != AlertState.Inactive);
        if (run.Limit > 0 && active > run.Limit)
        {
            Publish([]);
            throw new RuleFailedException($"exceeded limit of {run.Limit} with {active} alerts");
        }

        Publish(next);
        return IsRestored ? _series.Of(_published, run.QueryTimeMs) : [];
    }

    /// <summary>
    /// Alerts that are to be told now: firing ones that were not told for a while, and those resolved since they were told. They count as told with this call.
    /// </summary>
    /// <param name="timestampMs">The evaluation, milliseconds since the Unix epoch.</param>
    /// <param name="resendDelay">How long to wait before telling again what did not change.</param>
    /// <param name="interval">Interval of the group; with the delay it tells until when the alert is valid.</param>
    public IReadOnlyList<Alert> TakeAlertsToSend(long timestampMs, TimeSpan resendDelay, TimeSpan interval)
    {
        long delayMs = (long)resendDelay.TotalMilliseconds;
        long validMs = 4 * Math.Max(delayMs, (long)interval.TotalMilliseconds);
        var taken = new List<Alert>();
        foreach (Alert alert in _published)
        {
            bool resolvedSince = alert.ResolvedAtMs is { } resolved && resolved > (alert.LastSentAtMs ?? long.MinValue);
            bool isDue = alert.LastSentAtMs is not { } last || last + delayMs < timestampMs;
            if (alert.State != AlertState.Pending && (resolvedSince || isDue))
            {
                taken.Add(alert with { LastSentAtMs = timestampMs, ValidUntilMs = timestampMs + validMs });
            }
        }

        if (taken.Count > 0)
        {
            foreach (Alert alert in taken)
            {
                _alerts[alert.Labels] = alert;
            }

            Publish(_alerts);
        }

        return taken;
    }

    /// <summary>
    /// Sets the clocks of alerts that were active before a restart back to what they were, as the series <c>ALERTS_FOR_STATE</c> tells; from now on that series is
    /// written again.
    /// </summary>
    /// <param name="lastSamples">
    /// By labels without the metric name, the last sample of each series: when it was written, in milliseconds, and since when the alert was active, in seconds. Series that
    /// ended with a stale marker are left out.
    /// </param>
    /// <param name="nowMs">Now, milliseconds since the Unix epoch.</param>
    /// <param name="gracePeriod">How long an alert that would fire soon stays pending at least.</param>
    public void Restore(IReadOnlyDictionary<LabelSet, (long TimestampMs, double ActiveAtSeconds)> lastSamples, long nowMs, TimeSpan gracePeriod)
    {
        ArgumentNullException.ThrowIfNull(lastSamples);
        foreach (Alert alert in _published)
        {
            if (lastSamples.TryGetValue(alert.Labels, out (long TimestampMs, double ActiveAtSeconds) last) &&
                last.ActiveAtSeconds is > -9e15 and < 9e15)
            {
                _alerts[alert.Labels] = alert with { ActiveAtMs = RestoredActiveAt(last.TimestampMs, last.ActiveAtSeconds, nowMs, gracePeriod) };
            }
        }

        IsRestored = true;
        Publish(_alerts);
    }

    /// <inheritdoc/>
    internal override void TakeOver(RuleState earlier)
    {
        base.TakeOver(earlier);
        if (earlier is AlertingRuleState alerts)
        {
            IsRestored = alerts.IsRestored;
            Publish(alerts._alerts);
        }
    }

    /// <summary>The time that the server was away does not count as pending; what fired, or would fire within the grace period, is no exception.</summary>
    private long RestoredActiveAt(long downAtMs, double activeAtSeconds, long nowMs, TimeSpan gracePeriod)
    {
        long activeAtMs = (long)activeAtSeconds * 1000;
        long holdMs = (long)Rule.For.TotalMilliseconds;
        long graceMs = (long)gracePeriod.TotalMilliseconds;
        long remainingMs = holdMs - (downAtMs - activeAtMs);
        return remainingMs <= 0 ? activeAtMs
            : remainingMs < graceMs ? nowMs + graceMs - holdMs
            : activeAtMs + (nowMs - downAtMs);
    }

    private static Alert Raise(ResultSeries series, LabelSet labels, IReadOnlyList<KeyValuePair<string, string>> annotations, long timestampMs)
    {
        FloatHistogram? histogram = series.Histograms?[0];
        return new Alert(labels, timestampMs)
        {
            Value = histogram is null ? series.Values.Span[0] : 0,
            Histogram = histogram,
            Annotations = annotations,
        };
    }

    private Alert Fire(Alert alert, long timestampMs) =>
        alert.State == AlertState.Pending && timestampMs - alert.ActiveAtMs >= (long)Rule.For.TotalMilliseconds
            ? alert with { State = AlertState.Firing, FiredAtMs = timestampMs }
            : alert;

    /// <summary>What becomes of an alert whose series is not in the answer; null when it is forgotten.</summary>
    private Alert? WithoutSeries(Alert alert, long timestampMs)
    {
        switch (alert.State)
        {
            case AlertState.Pending:
                return null;
            case AlertState.Firing:
                long since = alert.KeepFiringSinceMs ?? timestampMs;
                return Rule.KeepFiringFor > TimeSpan.Zero && timestampMs - since < (long)Rule.KeepFiringFor.TotalMilliseconds
                    ? alert with { KeepFiringSinceMs = since }
                    : alert with { State = AlertState.Inactive, ResolvedAtMs = timestampMs };
            default:
                return timestampMs - alert.ResolvedAtMs > (long)ResolvedRetention.TotalMilliseconds ? null : alert;
        }
    }

    private void Publish(Dictionary<LabelSet, Alert> alerts)
    {
        _alerts = alerts;
        _published = [.. alerts.Values];
    }
}
