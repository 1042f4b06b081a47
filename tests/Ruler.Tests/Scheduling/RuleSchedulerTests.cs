using RemoteStore.Model.Samples;
using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Ruler.Scheduling;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Scheduling;

public sealed class RuleSchedulerTests
{
    [Fact]
    public async Task Run_RecordingRules_WriteAtTheTimesOfTheGroupInOrder()
    {
        await using var bench = new RuleBench();
        await bench.ReplaceAsync(RuleTexts.Group("one: vector(1)", "two: one + 1"));

        await bench.EvaluateAsync(3);

        List<(long TimestampMs, long Bits)> two = await StoredSamples.ReadAsync(bench.Store, RuleBench.Tenant, "two");
        two.Select(static sample => BitConverter.Int64BitsToDouble(sample.Bits)).ShouldBe([2, 2, 2]);
        two.Zip(two.Skip(1)).ShouldAllBe(static pair => pair.Second.TimestampMs - pair.First.TimestampMs == 60_000);
        two[^1].TimestampMs.ShouldBe(bench.Time.NowMs);
        GroupStatus group = bench.Scheduler.Groups(RuleBench.Tenant).ShouldHaveSingleItem();
        group.LastEvaluationMs.ShouldBe(bench.Time.NowMs);
        group.Rules.ShouldAllBe(static rule => rule.Status.Health == RuleHealth.Good);
    }

    [Fact]
    public async Task Run_Alert_IsToldWhenItFiresAgainAfterTheDelayAndWhenItIsResolved()
    {
        await using var bench = new RuleBench(options: new RulerOptions { ResendDelay = TimeSpan.FromSeconds(70) });
        await bench.ReplaceAsync(RuleTexts.Group("alert Up: x > 0\nfor: 1m\nlabels: {a: b}"));
        await bench.Time.NextWaitAsync().ContinueWith(wait => bench.Time.PutBack(wait.GetAwaiter().GetResult()), TaskScheduler.Default);
        await bench.WriteAsync("x", 5);

        await bench.EvaluateAsync();
        bench.TakeTold().ShouldBeEmpty();
        await bench.EvaluateAsync();
        long firedAtMs = bench.Time.NowMs;
        AlertNotification told = bench.TakeTold().ShouldHaveSingleItem();
        told.Labels.ToString().ShouldBe("""{a="b", alertname="Up"}""");
        told.StartsAtMs.ShouldBe(firedAtMs);
        told.EndsAtMs.ShouldBe(firedAtMs + 280_000);
        told.GeneratorUrl.ShouldBe("http://x/graph?g0.expr=x+%3E+0&g0.tab=1");

        await bench.EvaluateAsync();
        bench.TakeTold().ShouldBeEmpty();
        await bench.EvaluateAsync();
        bench.TakeTold().ShouldHaveSingleItem().StartsAtMs.ShouldBe(firedAtMs);

        await bench.WriteAsync("x", 0);
        await bench.EvaluateAsync();
        AlertNotification resolved = bench.TakeTold().ShouldHaveSingleItem();
        resolved.EndsAtMs.ShouldBe(bench.Time.NowMs);
        resolved.StartsAtMs.ShouldBe(firedAtMs);
    }

    [Fact]
    public async Task Replace_SameGroup_GoesOnUndisturbed()
    {
        await using var bench = new RuleBench();
        await bench.ReplaceAsync(RuleTexts.Group("one: vector(1)"));
        await bench.EvaluateAsync();
        RuleState before = bench.Scheduler.Groups(RuleBench.Tenant)[0].Rules[0];

        await bench.ReplaceAsync(RuleTexts.Group("one: vector(1)"));

        bench.Scheduler.Groups(RuleBench.Tenant)[0].Rules[0].ShouldBeSameAs(before);
    }

    [Fact]
    public async Task Replace_ChangedGroup_KeepsAlertsAndEndsSeriesOfRulesThatAreGone()
    {
        await using var bench = new RuleBench();
        await bench.ReplaceAsync(RuleTexts.Group("gone: vector(1)", "alert Up: vector(1)\nfor: 1h"));
        await bench.EvaluateAsync();
        long activeAtMs = Alerts(bench).ShouldHaveSingleItem().ActiveAtMs;

        await bench.ReplaceAsync(RuleTexts.Group("alert Up: vector(1)\nfor: 1h\nkeep_firing_for: 1m", "new: vector(2)"));
        await bench.EvaluateAsync();

        Alerts(bench).ShouldHaveSingleItem().ActiveAtMs.ShouldBe(activeAtMs);
        (await StoredSamples.ReadAsync(bench.Store, RuleBench.Tenant, "gone"))[^1].ShouldBe((bench.Time.NowMs, SampleBits.StaleMarker));
        (await StoredSamples.ReadAsync(bench.Store, RuleBench.Tenant, "new")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Replace_GroupIsGone_ItsSeriesEndAfterTwoIntervalsUnlessAnotherWritesThem()
    {
        await using var bench = new RuleBench();
        await bench.ReplaceAsync(RuleTexts.Group("gone: vector(1)", "moved: vector(1)"));
        await bench.EvaluateAsync();
        long lastMs = bench.Time.NowMs;
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        await bench.ReplaceAsync(RuleTexts.Named("other", "30s", "moved: vector(1)"));
        while ((await StoredSamples.ReadAsync(bench.Store, RuleBench.Tenant, "gone")).Count == 1)
        {
            TimeSpan wait = await bench.Time.NextWaitAsync();
            if (wait <= TimeSpan.FromSeconds(30)) // that of the other group; the longer one, of the removal, ends meanwhile
            {
                bench.Time.Advance(wait);
            }
        }

        await bench.Scheduler.DisposeAsync();
        (await StoredSamples.ReadAsync(bench.Store, RuleBench.Tenant, "gone")).ShouldBe([(lastMs, BitConverter.DoubleToInt64Bits(1)), (lastMs + 1000, SampleBits.StaleMarker)]);
        (await StoredSamples.ReadAsync(bench.Store, RuleBench.Tenant, "moved")).ShouldAllBe(static sample => sample.Bits != SampleBits.StaleMarker);
        (await MetricText.NamesAsync(bench.Registry)).ShouldContain("remotestore_rule_group_rules");
    }

    [Fact]
    public async Task Run_FailingRule_DoesNotHoldUpOthersAndIsCounted()
    {
        await using var bench = new RuleBench();
        await bench.ReplaceAsync(RuleTexts.Group("bad: label_replace(vector(1), \"a\", \"$1\", \"b\", \"(\")", "good: vector(1)"));

        await bench.EvaluateAsync();

        IReadOnlyList<RuleState> rules = bench.Scheduler.Groups(RuleBench.Tenant)[0].Rules;
        rules[0].Status.Health.ShouldBe(RuleHealth.Bad);
        rules[0].Status.LastError.ShouldNotBeNullOrEmpty();
        rules[1].Status.Health.ShouldBe(RuleHealth.Good);
        (await MetricText.ReadAsync(bench.Registry, "remotestore_rule_evaluation_failures_total{tenant=\"a\",rule_group=\"f.yml;g\"}")).ShouldBe(1);
        (await MetricText.ReadAsync(bench.Registry, "remotestore_rule_evaluations_total{tenant=\"a\",rule_group=\"f.yml;g\"}")).ShouldBe(2);
    }

    [Fact]
    public async Task Run_EvaluationsTakeTooLong_MissedOnesAreCounted()
    {
        await using var bench = new RuleBench();
        await bench.ReplaceAsync(RuleTexts.Group("one: vector(1)"));

        await bench.Time.NextWaitAsync();
        bench.Time.Advance(TimeSpan.FromMinutes(4));
        TimeSpan wait = await bench.Time.NextWaitAsync();

        wait.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
        (await MetricText.ReadAsync(bench.Registry, "remotestore_rule_group_iterations_missed_total{tenant=\"a\",rule_group=\"f.yml;g\"}")).ShouldBeInRange(1, 3);
    }

    [Fact]
    public async Task Run_QueryOffset_ShiftsQueriesAndSamples()
    {
        await using var bench = new RuleBench(options: new RulerOptions { QueryOffset = TimeSpan.FromSeconds(30) });
        await bench.ReplaceAsync(RuleTexts.Group("now: vector(time())"));

        await bench.EvaluateAsync();

        (long timestampMs, long bits) = (await StoredSamples.ReadAsync(bench.Store, RuleBench.Tenant, "now")).ShouldHaveSingleItem();
        timestampMs.ShouldBe(bench.Time.NowMs - 30_000);
        BitConverter.Int64BitsToDouble(bits).ShouldBe(timestampMs / 1000.0);
    }

    private static IEnumerable<Alert> Alerts(RuleBench bench) =>
        bench.Scheduler.Groups(RuleBench.Tenant)[0].Rules.OfType<AlertingRuleState>().SelectMany(static rule => rule.ActiveAlerts);
}
