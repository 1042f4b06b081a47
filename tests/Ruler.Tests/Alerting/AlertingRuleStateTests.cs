using RemoteStore.Model.Labels;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Tests.Evaluation;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Alerting;

public sealed class AlertingRuleStateTests
{
    private const long Minute = RuleFixture.Minute;

    private readonly RuleFixture _fixture = new();

    [Fact]
    public async Task Evaluate_ForAndKeepFiring_GoesThroughItsStates()
    {
        AlertingRuleState rule = Rule("{alert: A, expr: m > 0, for: 2m, keep_firing_for: 2m}", out GroupEvaluator group);
        Values(1, 1, 1, 0, 0, 0, 0);
        var states = new List<string>();
        for (long minute = 0; minute < 7; minute++)
        {
            await EvaluateAsync(group, minute);
            states.Add(rule.Alerts.SingleOrDefault() is { } alert
                ? FormattableString.Invariant($"{alert.State} {alert.ActiveAtMs / Minute} {alert.FiredAtMs / Minute} {alert.KeepFiringSinceMs / Minute} {alert.ResolvedAtMs / Minute}")
                : "none");
        }

        states.ShouldBe(["Pending 0   ", "Pending 0   ", "Firing 0 2  ", "Firing 0 2 3 ", "Firing 0 2 3 ", "Inactive 0 2 3 5", "Inactive 0 2 3 5"]);
        rule.ActiveAlerts.ShouldBeEmpty();
        rule.State.ShouldBe(AlertState.Inactive);
    }

    [Fact]
    public async Task Evaluate_Resolved_IsForgottenAfterItsRetention()
    {
        AlertingRuleState rule = Rule("{alert: A, expr: m > 0}", out GroupEvaluator group);
        Values(1, 0);
        await EvaluateAsync(group, 0);
        await EvaluateAsync(group, 1);
        await EvaluateAsync(group, 16);
        rule.Alerts.ShouldHaveSingleItem().ResolvedAtMs.ShouldBe(Minute);
        await EvaluateAsync(group, 17);
        rule.Alerts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Evaluate_ActiveAgain_IsANewAlert()
    {
        AlertingRuleState rule = Rule("{alert: A, expr: m > 0}", out GroupEvaluator group);
        Values(1, 0, 1);
        for (long minute = 0; minute < 3; minute++)
        {
            await EvaluateAsync(group, minute);
        }

        rule.Alerts.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            static alert => alert.State.ShouldBe(AlertState.Firing), static alert => alert.ActiveAtMs.ShouldBe(2 * Minute), static alert => alert.ResolvedAtMs.ShouldBeNull());
    }

    [Fact]
    public async Task Evaluate_QueryFails_ChangesNoAlert()
    {
        AlertingRuleState rule = Rule("{alert: A, expr: m > 0 or on() (many and on() vector(1)), labels: {i: same}}", out GroupEvaluator group);
        Values(1, 1, 1);
        await EvaluateAsync(group, 0);
        _fixture.Add("m", "b", 1, 1);
        await EvaluateAsync(group, 1);
        rule.Status.LastError.ShouldBe("vector contains metrics with the same labelset after applying alert labels");
        rule.Alerts.ShouldHaveSingleItem().State.ShouldBe(AlertState.Firing);
    }

    [Fact]
    public async Task Evaluate_OverTheLimit_DropsAllAlerts()
    {
        GroupEvaluator group = _fixture.Evaluator("groups: [{name: g, limit: 1, rules: [{alert: A, expr: m > 0}]}]");
        Values(1, 1);
        await EvaluateAsync(group, 0);
        _fixture.Add("m", "b", 1, 1);
        await EvaluateAsync(group, 1);
        group.Rules[0].Status.LastError.ShouldBe("exceeded limit of 1 with 2 alerts");
        group.AlertingRules.Single().Alerts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Evaluate_WritesItsSeriesAndEndsThemAtEachChange()
    {
        Rule("{alert: A, expr: m > 0, for: 1m, labels: {s: 'v{{ $value }}'}}", out GroupEvaluator group);
        Values(1, 1, 0);
        (await EvaluateAsync(group, 0)).ShouldBe(
            ["{__name__=\"ALERTS\", alertname=\"A\", alertstate=\"pending\", i=\"a\", s=\"v1\"} 0 1", "{__name__=\"ALERTS_FOR_STATE\", alertname=\"A\", i=\"a\", s=\"v1\"} 0 0"]);
        (await EvaluateAsync(group, 1)).ShouldBe(
        [
            "{__name__=\"ALERTS\", alertname=\"A\", alertstate=\"firing\", i=\"a\", s=\"v1\"} 1 1",
            "{__name__=\"ALERTS_FOR_STATE\", alertname=\"A\", i=\"a\", s=\"v1\"} 1 0",
            "{__name__=\"ALERTS\", alertname=\"A\", alertstate=\"pending\", i=\"a\", s=\"v1\"} 1 stale",
        ]);
        (await EvaluateAsync(group, 2)).ShouldBe(
            ["{__name__=\"ALERTS\", alertname=\"A\", alertstate=\"firing\", i=\"a\", s=\"v1\"} 2 stale", "{__name__=\"ALERTS_FOR_STATE\", alertname=\"A\", i=\"a\", s=\"v1\"} 2 stale"],
            ignoreOrder: true);
    }

    /// <summary>An empty label is none: in the alert, in its series, and where the alert is found by these after a restart. Prometheus' series have the template's text.</summary>
    [Fact]
    public async Task Evaluate_TemplateOfALabelExpandsToNothing_TheLabelIsNowhere()
    {
        AlertingRuleState rule = Rule("{alert: A, expr: m > 0, labels: {s: '{{ if gt $value 1.0 }}high{{ end }}', i: '{{ $labels.none }}'}}", out GroupEvaluator group);
        Values(1, 2);

        (await EvaluateAsync(group, 0)).ShouldBe(
            ["{__name__=\"ALERTS\", alertname=\"A\", alertstate=\"firing\"} 0 1", "{__name__=\"ALERTS_FOR_STATE\", alertname=\"A\"} 0 0"]);
        rule.Alerts.ShouldHaveSingleItem().Labels.ShouldBe(LabelSet.From("alertname", "A"));

        (await EvaluateAsync(group, 1)).ShouldContain("{__name__=\"ALERTS\", alertname=\"A\", alertstate=\"firing\", s=\"high\"} 1 1");
    }

    /// <summary>For of ten minutes, down since minute 100; the last sample told when the alert became active.</summary>
    [Theory]
    [InlineData(95, 110, 105)] // five minutes were left: the time away does not count
    [InlineData(89, 110, 89)] // it fired: it fires again at once
    [InlineData(91, 110, 102)] // one minute was left: it waits for the grace period of two
    public async Task Restore_AfterARestart_SetsTheClockBack(long activeAt, long now, long restored)
    {
        GroupEvaluator group = _fixture.Evaluator("groups: [{name: g, rules: [{alert: A, expr: m > 0, for: 10m}]}]", awaitsRestore: true);
        AlertingRuleState rule = group.AlertingRules.Single();
        _fixture.Add("m", "a", now, 1);
        (await EvaluateAsync(group, now)).ShouldBeEmpty();
        rule.IsRestored.ShouldBeFalse();
        LabelSet labels = LabelSet.From("alertname", "A", "i", "a");
        rule.Restore(new Dictionary<LabelSet, (long, double)> { [labels] = (100 * Minute, activeAt * 60) }, now * Minute, TimeSpan.FromMinutes(2));
        rule.Alerts.ShouldHaveSingleItem().ActiveAtMs.ShouldBe(restored * Minute);
        _fixture.Add("m", "a", now + 1, 1);
        (await EvaluateAsync(group, now + 1)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task TakeAlertsToSend_ResendsFiringAndTellsResolvedOnce()
    {
        AlertingRuleState rule = Rule("{alert: A, expr: m > 0, for: 1m}", out GroupEvaluator group);
        Values(1, 1, 1, 1, 0, 0);
        var sent = new List<string>();
        for (long minute = 0; minute < 6; minute++)
        {
            await EvaluateAsync(group, minute);
            sent.AddRange(rule.TakeAlertsToSend(minute * Minute, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)).Select(alert =>
                FormattableString.Invariant($"{minute} {alert.State} {alert.ValidUntilMs / Minute}")));
        }

        sent.ShouldBe(["1 Firing 9", "3 Firing 11", "4 Inactive 12"]);
    }

    [Fact]
    public async Task TakeOver_SameRule_KeepsItsAlerts()
    {
        Rule("{alert: A, expr: m > 0, for: 5m}", out GroupEvaluator before);
        Values(1, 1);
        await EvaluateAsync(before, 0);
        AlertingRuleState rule = Rule("{alert: A, expr: m > 0.5, for: 1m}", out GroupEvaluator after);
        after.TakeOver(before);
        await EvaluateAsync(after, 1);
        rule.Alerts.ShouldHaveSingleItem().State.ShouldBe(AlertState.Firing);
    }

    private AlertingRuleState Rule(string rule, out GroupEvaluator group)
    {
        group = _fixture.Evaluator($"groups: [{{name: g, rules: [{rule}]}}]");
        return group.AlertingRules.Single();
    }

    private void Values(params double[] values)
    {
        for (int minute = 0; minute < values.Length; minute++)
        {
            _fixture.Add("m", "a", minute, values[minute]);
        }
    }

    private async Task<List<string>> EvaluateAsync(GroupEvaluator group, long minute)
    {
        await group.EvaluateAsync(minute * Minute, CancellationToken.None);
        return _fixture.Take();
    }
}
