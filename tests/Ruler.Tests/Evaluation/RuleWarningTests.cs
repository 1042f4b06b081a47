using RemoteStore.PromQL;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Evaluation;

/// <summary>A rule goes by an answer that lacks samples, and does not keep that to itself.</summary>
public sealed class RuleWarningTests : IQueryService, IRuleObserver
{
    private readonly List<string> _told = [];
    private string[] _warnings = [];

    [Theory]
    [InlineData("{record: r, expr: m}")]
    [InlineData("{alert: A, expr: m}")]
    public async Task Evaluate_AnswerHasWarnings_AreToldWhenTheyChange(string rule)
    {
        var environment = new RuleFixture().Environment with { Queries = this, Observer = this };
        var group = new GroupEvaluator(RuleFixture.Parse($"groups: [{{name: g, rules: [{rule}]}}]")[0], environment, awaitsRestore: false);
        foreach (string[] warnings in (string[][])[[], ["gap"], ["gap"], [], ["gap"], ["gap", "another"]])
        {
            _warnings = warnings;
            await group.EvaluateAsync(0, CancellationToken.None);
        }

        _told.ShouldBe(["gap", "gap", "gap; another"]);
        group.Rules[0].Status.Health.ShouldBe(RuleHealth.Good);
    }

    public ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new QueryResult(ExprType.Vector, [], null, 0, _warnings, [], new QueryStatistics(0, 0, 0, 0, 0, [], TimeSpan.Zero, TimeSpan.Zero)));

    void IRuleObserver.Evaluated(RuleGroup group, RuleState rule, long timestampMs)
    {
        // Not asked here.
    }

    void IRuleObserver.Finished(RuleGroup group, RuleState rule, long timestampMs)
    {
        // Not asked here.
    }

    void IRuleObserver.Refused(RuleGroup group, RuleState rule, long refused, string reason)
    {
        // Not asked here.
    }

    void IRuleObserver.Warned(RuleGroup group, RuleState rule, string warnings) => _told.Add(warnings);

    void IRuleObserver.TemplateFailed(RuleGroup group, RuleState rule, string name, string reason)
    {
        // Not asked here.
    }
}
