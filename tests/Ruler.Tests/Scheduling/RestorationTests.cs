using RemoteStore.Ruler.Alerting;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Scheduling;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Scheduling;

/// <summary>A process ends without a word and another one goes on over the same store.</summary>
public sealed class RestorationTests
{
    private readonly InMemoryStore _store = new();

    [Fact]
    public async Task Restart_AlertFired_FiresWithTheSecondEvaluation()
    {
        RuleGroup group = RuleTexts.Group("alert Up: vector(1)\nfor: 5m");
        (long activeAtMs, DateTimeOffset end) = await RunAsync(group, 8);

        await using RuleBench bench = await RestartAsync(group, end.AddMinutes(1));
        await bench.EvaluateAsync();
        Alert(bench).State.ShouldBe(AlertState.Pending);
        await bench.EvaluateAsync();

        Alert(bench).State.ShouldBe(AlertState.Firing);
        Alert(bench).ActiveAtMs.ShouldBe(activeAtMs / 1000 * 1000);
        bench.TakeTold().ShouldHaveSingleItem().EndsAtMs.ShouldBeGreaterThan(bench.Time.NowMs);
    }

    [Fact]
    public async Task Restart_AlertWasPending_ItsClockGoesOnWithoutTheOutage()
    {
        RuleGroup group = RuleTexts.Group("alert Up: vector(1)\nfor: 30m");
        (long activeAtMs, DateTimeOffset end) = await RunAsync(group, 8);

        await using RuleBench bench = await RestartAsync(group, end.AddMinutes(10));
        await bench.EvaluateAsync();

        long outageMs = bench.Time.NowMs - end.ToUnixTimeMilliseconds();
        Alert(bench).ActiveAtMs.ShouldBe((activeAtMs / 1000 * 1000) + outageMs);
        Alert(bench).State.ShouldBe(AlertState.Pending);
    }

    [Fact]
    public async Task Restart_AlertWouldFireSoon_StaysPendingForTheGracePeriod()
    {
        RuleGroup group = RuleTexts.Group("alert Up: vector(1)\nfor: 15m");
        (_, DateTimeOffset end) = await RunAsync(group, 14);

        await using RuleBench bench = await RestartAsync(group, end.AddMinutes(1));
        await bench.EvaluateAsync();

        Alert(bench).ActiveAtMs.ShouldBe(bench.Time.NowMs + (10 * 60_000) - (15 * 60_000));
    }

    [Fact]
    public async Task Restart_OutageIsTooLong_TheClockBeginsAnew()
    {
        RuleGroup group = RuleTexts.Group("alert Up: vector(1)\nfor: 30m");
        (_, DateTimeOffset end) = await RunAsync(group, 8);

        await using RuleBench bench = await RestartAsync(group, end.AddMinutes(62));
        await bench.EvaluateAsync();

        Alert(bench).ActiveAtMs.ShouldBe(bench.Time.NowMs);
    }

    [Fact]
    public async Task Restart_AlertAppearsWithTheSecondEvaluation_IsRestoredToo()
    {
        // What the alert reads is written by a rule behind it, and is not there when the first evaluation comes.
        RuleGroup group = RuleTexts.Group("alert Up: late > 0\nfor: 5m", "late: vector(1)");
        (long activeAtMs, DateTimeOffset end) = await RunAsync(group, 9);

        await using RuleBench bench = await RestartAsync(group, end.AddMinutes(6)); // past the lookback delta
        await bench.EvaluateAsync();
        Alerts(bench).ShouldBeEmpty();
        await bench.EvaluateAsync();

        Alert(bench).ActiveAtMs.ShouldBe(activeAtMs / 1000 * 1000);
        await bench.EvaluateAsync();
        Alert(bench).State.ShouldBe(AlertState.Firing);
    }

    [Fact]
    public async Task Restart_StoreCannotBeRead_RulesGoOn()
    {
        RuleGroup group = RuleTexts.Group("alert Up: vector(1)\nfor: 5m");
        (_, DateTimeOffset end) = await RunAsync(group, 8);

        await using RuleBench bench = await RestartAsync(group, end.AddMinutes(1));
        _store.QueryFailure = new IOException("disk");
        await bench.EvaluateAsync();
        _store.QueryFailure = null;
        await bench.EvaluateAsync(7);

        Alert(bench).State.ShouldBe(AlertState.Firing);
        (await StoredSamples.ReadAsync(_store, RuleBench.Tenant, "ALERTS_FOR_STATE"))[^1].TimestampMs.ShouldBe(bench.Time.NowMs);
    }

    /// <summary>Evaluates a group some times and ends as a killed process does.</summary>
    private async Task<(long ActiveAtMs, DateTimeOffset End)> RunAsync(RuleGroup group, int evaluations)
    {
        await using var bench = new RuleBench(_store);
        await bench.ReplaceAsync(group);
        await bench.EvaluateAsync(evaluations);
        return (Alert(bench).ActiveAtMs, bench.Time.GetUtcNow());
    }

    private async Task<RuleBench> RestartAsync(RuleGroup group, DateTimeOffset start)
    {
        var bench = new RuleBench(_store, start);
        await bench.Scheduler.ReplaceAsync(RuleBench.Tenant, RuleOrigin.File, [group], restore: true);
        return bench;
    }

    private static Alert Alert(RuleBench bench) => Alerts(bench).ShouldHaveSingleItem();

    private static Alert[] Alerts(RuleBench bench) =>
        [.. bench.Scheduler.Groups(RuleBench.Tenant)[0].Rules.OfType<AlertingRuleState>().SelectMany(static rule => rule.ActiveAlerts)];
}
