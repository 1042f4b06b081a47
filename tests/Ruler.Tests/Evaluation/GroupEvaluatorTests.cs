using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Evaluation;

public sealed class GroupEvaluatorTests
{
    private readonly RuleFixture _fixture = new();

    [Fact]
    public async Task Evaluate_SeriesVanishes_EndsWithAStaleMarkerOnce()
    {
        GroupEvaluator group = _fixture.Evaluator("groups: [{name: g, rules: [{record: r, expr: m < 5, labels: {x: y}}]}]");
        _fixture.Add("m", "a", 1, 1);
        _fixture.Add("m", "a", 2, 9);
        (await EvaluateAsync(group, 1)).ShouldBe(["{__name__=\"r\", i=\"a\", x=\"y\"} 1 1"]);
        (await EvaluateAsync(group, 2)).ShouldBe(["{__name__=\"r\", i=\"a\", x=\"y\"} 2 stale"]);
        (await EvaluateAsync(group, 3)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Evaluate_RuleFails_KeepsItsSeriesAndTheOthersGoOn()
    {
        GroupEvaluator group = _fixture.Evaluator("groups: [{name: g, limit: 1, rules: [{record: r, expr: m}, {record: s, expr: '1'}]}]");
        _fixture.Add("m", "a", 1, 1);
        _fixture.Add("m", "b", 2, 1);
        await EvaluateAsync(group, 1);
        (await EvaluateAsync(group, 2)).ShouldBe(["{__name__=\"s\"} 2 1"]);
        group.Rules[0].Status.Health.ShouldBe(RuleHealth.Bad);
        group.Rules[0].Status.LastError.ShouldBe("exceeded limit of 1 with 2 series");
        group.Rules[1].Status.Health.ShouldBe(RuleHealth.Good);
    }

    [Fact]
    public async Task Evaluate_QueryOffset_AsksAndStampsBehindTheClock()
    {
        GroupEvaluator group = _fixture.Evaluator("groups: [{name: g, query_offset: 1m, rules: [{record: r, expr: m}]}]");
        _fixture.Add("m", "a", 1, 1);
        _fixture.Add("m", "a", 2, 2);
        (await EvaluateAsync(group, 2)).ShouldBe(["{__name__=\"r\", i=\"a\"} 1 1"]);
    }

    [Fact]
    public async Task Evaluate_SinkFailsOrRefuses_IsBadHealth()
    {
        GroupEvaluator group = _fixture.Evaluator("groups: [{name: g, rules: [{record: r, expr: '1'}]}]");
        _fixture.Failure = "the disk is full";
        await EvaluateAsync(group, 1);
        group.Rules[0].Status.LastError.ShouldBe("the disk is full");
        _fixture.Failure = null;
        _fixture.Refusals = 1;
        await EvaluateAsync(group, 2);
        group.Rules[0].Status.LastError.ShouldBe("out of order");
        _fixture.Refusals = 0;
        await EvaluateAsync(group, 3);
        group.Rules[0].Status.Health.ShouldBe(RuleHealth.Good);
    }

    [Fact]
    public async Task TakeOver_ChangedGroup_EndsSeriesOfRulesThatAreGoneAndKeepsTheOthers()
    {
        GroupEvaluator before = _fixture.Evaluator("groups: [{name: g, rules: [{record: r, expr: '1'}, {record: s, expr: '2'}, {record: t, expr: '3'}]}]");
        await EvaluateAsync(before, 1);
        GroupEvaluator after = _fixture.Evaluator("groups: [{name: g, rules: [{record: t, expr: vector(4)}, {record: r, expr: absent_metric}]}]");
        after.TakeOver(before);
        (await EvaluateAsync(after, 2)).ShouldBe(["{__name__=\"t\"} 2 4", "{__name__=\"r\"} 2 stale", "{__name__=\"s\"} 2 stale"], ignoreOrder: true);
        after.EndAllSeries();
        await after.EndSeriesAsync(3 * RuleFixture.Minute, CancellationToken.None);
        _fixture.Take().ShouldBe(["{__name__=\"t\"} 3 stale"]);
    }

    [Fact]
    public async Task Evaluate_Cancelled_LeavesRulesAsTheyAre()
    {
        GroupEvaluator group = _fixture.Evaluator("groups: [{name: g, rules: [{record: r, expr: '1'}]}]");
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await group.EvaluateAsync(1, source.Token));
        group.Rules[0].Status.ShouldBe(RuleStatus.None);
    }

    [Fact]
    public void Levels_Chain_FollowsWhatRulesRead()
    {
        IReadOnlyList<IReadOnlyList<RecordingRule>> levels = Levels(
            "{record: c, expr: sum(b) + a}, {record: b, expr: 'rate(a[5m])'}, {record: a, expr: m}, {record: d, expr: 'c offset 5m'}, {record: e, expr: 'm + e offset 1m'}");
        levels.Select(static level => string.Join(',', level.Select(static rule => rule.Name))).ShouldBe(["a,e", "b", "c", "d"]);
    }

    [Fact]
    public void Levels_LabelsThatCannotMatch_AreNoDependence() =>
        Levels("{record: a, expr: 'a{level=\"1\"}', labels: {level: '2'}}, {record: a, expr: m, labels: {level: '1'}}").Count.ShouldBe(2);

    [Fact]
    public void Levels_Circle_IsRefusedByName() =>
        Should.Throw<FormatException>(static () => Levels("{record: a, expr: b}, {record: b, expr: a}")).Message.ShouldBe("rules read one another in a circle: a, b");

    private static IReadOnlyList<IReadOnlyList<RecordingRule>> Levels(string rules) =>
        RuleLevels.Of([.. RuleFixture.Parse($"groups: [{{name: g, rules: [{rules}]}}]")[0].Rules.Cast<RecordingRule>()]);

    private async Task<List<string>> EvaluateAsync(GroupEvaluator group, long minute)
    {
        await group.EvaluateAsync(minute * RuleFixture.Minute, CancellationToken.None);
        return _fixture.Take();
    }
}
