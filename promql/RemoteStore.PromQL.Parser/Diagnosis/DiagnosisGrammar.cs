using RemoteStore.PromQL.Parser.Lalr;
using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.PromQL.Parser.Diagnosis;

/// <summary>
/// The grammar as an automaton sees it, with the places where it can go on after an error. It accepts what the combinator grammar accepts, and tells for the rest
/// what Prometheus would tell. The order of rules and of alternatives counts: it decides conflicts.
/// </summary>
internal static class DiagnosisGrammar
{
    private static readonly Lazy<LalrTable> s_table = new(static () => LalrBuilder.Build(Rules()));

    /// <summary>The automaton; built when first needed, a few tens of milliseconds.</summary>
    public static LalrTable Table => s_table.Value;

    private static GrammarBuilder Rules()
    {
        var grammar = new GrammarBuilder();
        grammar.Level(Associativity.Left, ItemKind.Or);
        grammar.Level(Associativity.Left, ItemKind.And, ItemKind.Unless);
        grammar.Level(
            Associativity.Left,
            ItemKind.Equal, ItemKind.GreaterOrEqual, ItemKind.Greater, ItemKind.Less, ItemKind.LessOrEqual, ItemKind.NotEqual, ItemKind.TrimUpper,
            ItemKind.TrimLower);
        grammar.Level(Associativity.Left, ItemKind.Add, ItemKind.Subtract);
        grammar.Level(Associativity.Left, ItemKind.Multiply, ItemKind.Divide, ItemKind.Modulo, ItemKind.Atan2);
        grammar.Level(Associativity.Right, ItemKind.Power);
        grammar.Level(Associativity.None, ItemKind.Offset);
        grammar.Level(Associativity.Right, ItemKind.LeftBracket); // a bracket always belongs to what stands right before it
        AddStart(grammar);
        ExpressionRules.AddOperations(grammar);
        ExpressionRules.AddModifiers(grammar);
        ExpressionRules.AddSelectors(grammar);
        SeriesRules.Add(grammar);
        AddWords(grammar);
        SeriesRules.AddNumbers(grammar);
        DurationRules.Add(grammar);
        return grammar;
    }

    private static void AddStart(GrammarBuilder grammar)
    {
        grammar.Add("start", "StartMetric metric", static (c, v) => c.Result = v[1]);
        grammar.Add("start", "StartSeriesDescription series", null);
        grammar.Add("start", "StartExpression Eof", static (c, _) =>
        {
            c.Fault(default, "no expression found in input");
            return null;
        });
        grammar.Add("start", "StartExpression expr", static (c, v) => c.Result = v[1]);
        grammar.Add("start", "StartMetricSelector selector", static (c, v) => c.Result = v[1]);
        grammar.Add("start", "start Eof", null);
        grammar.Add("start", "Recovery", static (c, _) =>
        {
            c.Unexpected("", "");
            return null;
        });
        foreach (string kind in (string[])
            ["aggregate", "binary", "call", "matrix", "literal", "offset", "anchored", "smoothed", "paren", "text", "subquery", "unary", "selector", "at"])
        {
            grammar.Add("expr", kind, null);
        }
    }

    private static void AddWords(GrammarBuilder grammar)
    {
        grammar.Tokens(
            "aggregator",
            ItemKind.Avg, ItemKind.BottomK, ItemKind.Count, ItemKind.CountValues, ItemKind.Group, ItemKind.Max, ItemKind.Min, ItemKind.Quantile, ItemKind.StdDev,
            ItemKind.StdVar, ItemKind.Sum, ItemKind.TopK, ItemKind.LimitK, ItemKind.LimitRatio);
        grammar.Tokens("labelword", [.. WordKinds.Labels]);
        grammar.Tokens("sign", ItemKind.Add, ItemKind.Subtract);
        grammar.Tokens("comparison", ItemKind.Assign, ItemKind.NotEqual, ItemKind.EqualRegex, ItemKind.NotRegex);
    }
}
