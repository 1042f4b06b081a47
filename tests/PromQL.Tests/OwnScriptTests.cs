using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Functions;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests;

/// <summary>Our own scripts, in <c>compat-tests/promql</c>: they pass, and between them they use everything the language has.</summary>
public sealed class OwnScriptTests
{
    private static readonly string s_folder = Path.Combine(SourceTree.Root, "compat-tests", "promql");

    public static TheoryData<string> Scripts => [.. Directory.EnumerateFiles(s_folder, "*.test").Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Script_PassesWhole(string name)
    {
        ScriptResult result = await new ScriptRunner().RunAsync(await File.ReadAllTextAsync(Path.Combine(s_folder, name)), CancellationToken.None);
        result.Error.ShouldBeNull();
        string.Join('\n', result.Failures.Select(static failure => $"{failure.Line}: {failure.Query}: {failure.Message}")).ShouldBeEmpty();
        result.Passed.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Scripts_TakenTogether_UseEveryFunction() => FunctionTable.All.Select(static function => function.Name)
        .Except(Nodes().OfType<CallExpr>().Select(static call => call.Function.Name)).ShouldBeEmpty();

    [Fact]
    public void Scripts_TakenTogether_UseEveryAggregation() => Enum.GetValues<AggregateOperator>()
        .Except(Nodes().OfType<AggregateExpr>().Select(static aggregate => aggregate.Op)).ShouldBeEmpty();

    [Fact]
    public void Scripts_TakenTogether_UseEveryOperator()
    {
        Enum.GetValues<BinaryOperator>().Except(Nodes().OfType<BinaryExpr>().Select(static binary => binary.Op)).ShouldBeEmpty();
        Enum.GetValues<MatchCardinality>().Except(Nodes().OfType<BinaryExpr>().Select(static binary => binary.Matching?.Cardinality ?? MatchCardinality.OneToOne)).ShouldBeEmpty();
        Enum.GetValues<DurationOperator>().Except(Durations().Select(static duration => duration.Op)).ShouldBeEmpty();
    }

    [Fact]
    public void Scripts_TakenTogether_UseEveryModifier()
    {
        VectorSelector[] selectors = [.. Nodes().OfType<VectorSelector>()];
        selectors.ShouldContain(static selector => selector.Anchored);
        selectors.ShouldContain(static selector => selector.Smoothed);
        selectors.ShouldContain(static selector => selector.Modifiers.OffsetMs < 0);
        selectors.ShouldContain(static selector => selector.Modifiers.OffsetExpr != null);
        Enum.GetValues<AtKind>().Except(selectors.Select(static selector => selector.Modifiers.At.Kind)).ShouldBeEmpty();
        BinaryExpr[] operations = [.. Nodes().OfType<BinaryExpr>()];
        operations.ShouldContain(static operation => operation.ReturnBool);
        operations.ShouldContain(static operation => operation.Matching != null && operation.Matching.On);
        operations.ShouldContain(static operation => operation.Matching != null && !operation.Matching.On && operation.Matching.Labels.Count > 0);
        operations.ShouldContain(static operation => operation.Matching != null && operation.Matching.FillLeft != null && operation.Matching.FillRight == null);
        operations.ShouldContain(static operation => operation.Matching != null && operation.Matching.FillRight != null && operation.Matching.FillLeft == null);
        operations.ShouldContain(static operation => operation.Matching != null && operation.Matching.FillRight != null && operation.Matching.FillLeft != null);
    }

    private static IEnumerable<DurationExpr> Durations()
    {
        var open = new Stack<DurationExpr?>(Nodes().SelectMany(static node => node switch
        {
            MatrixSelector matrix => [matrix.RangeExpr],
            VectorSelector selector => [selector.Modifiers.OffsetExpr],
            SubqueryExpr subquery => new[] { subquery.RangeExpr, subquery.StepExpr, subquery.Modifiers.OffsetExpr },
            _ => [],
        }));
        while (open.TryPop(out DurationExpr? duration))
        {
            if (duration is not null)
            {
                yield return duration;
                open.Push(duration.Left as DurationExpr);
                open.Push(duration.Right as DurationExpr);
            }
        }
    }

    /// <summary>Every node of every query that parses.</summary>
    private static IEnumerable<Expr> Nodes()
    {
        foreach (string file in Directory.EnumerateFiles(s_folder, "*.test"))
        {
            foreach (EvalCommand command in ScriptParser.Parse(File.ReadAllText(file)).OfType<EvalCommand>())
            {
                if (!PromQLParser.TryParse(command.Request.Query, out Expr? root, out _))
                {
                    continue;
                }

                var open = new Stack<Expr>([root]);
                while (open.TryPop(out Expr? node))
                {
                    yield return node;
                    foreach (Expr child in node.Children())
                    {
                        open.Push(child);
                    }
                }
            }
        }
    }
}
