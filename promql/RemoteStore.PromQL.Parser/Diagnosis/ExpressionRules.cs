using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lalr;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Diagnosis;

/// <summary>Rules of expressions.</summary>
internal static class ExpressionRules
{
    private static readonly string[] s_operators =
    [
        "Add", "Atan2", "Divide", "Equal", "GreaterOrEqual", "Greater", "And", "Or", "Less", "LessOrEqual", "Unless", "Modulo", "Multiply", "NotEqual", "Power",
        "Subtract", "TrimLower", "TrimUpper",
    ];

    /// <summary>Aggregations, operators, calls and parentheses.</summary>
    public static void AddOperations(GrammarBuilder grammar)
    {
        grammar.Add("aggregate", "aggregator grouping arguments", static (c, v) => Aggregate(c, v[0], v[1], v[2], c.LastClosing));
        grammar.Add("aggregate", "aggregator arguments grouping", static (c, v) => Aggregate(c, v[0], v[2], v[1], c.LastClosing));
        grammar.Add("aggregate", "aggregator arguments", static (c, v) => Aggregate(c, v[0], null, v[1], ((Arguments)v[1]!).End));
        grammar.Add("aggregate", "aggregator Recovery", static (c, v) =>
        {
            c.Unexpected("aggregation", "");
            return Aggregate(c, v[0], null, new Arguments([], 0), c.LastClosing);
        });
        grammar.Add("grouping", "By labels", static (_, v) => new Grouping(Without: false, (List<string>?)v[1] ?? []));
        grammar.Add("grouping", "Without labels", static (_, v) => new Grouping(Without: true, (List<string>?)v[1] ?? []));
        foreach (string op in s_operators)
        {
            grammar.Add("binary", $"expr {op} modifiers expr", static (c, v) => NodeBuilder.Binary(c, (Item)v[1]!, (Expr)v[0]!, (Expr)v[3]!, (BinaryModifiers)v[2]!));
        }

        AddMatching(grammar);
        AddLabels(grammar);
        foreach (string name in (string[])["Identifier", "Start", "Finish", "Step", "Range", "MinOf", "MaxOf"])
        {
            grammar.Add("call", $"{name} arguments", static (c, v) => NodeBuilder.Call(c, (Item)v[0]!, ((Arguments)v[1]!).Items));
        }

        grammar.Add("arguments", "LeftParen list RightParen", static (_, v) => new Arguments((List<Expr>)v[1]!, ((Item)v[2]!).End));
        grammar.Add("arguments", "LeftParen RightParen", static (_, v) => new Arguments([], ((Item)v[1]!).End));
        grammar.Add("list", "list Comma expr", static (_, v) => Append((List<Expr>)v[0]!, (Expr)v[2]!));
        grammar.Add("list", "expr", static (_, v) => new List<Expr> { (Expr)v[0]! });
        grammar.Add("list", "list Comma", static (c, v) =>
        {
            c.Fault(((Item)v[1]!).Position, "trailing commas not allowed in function call args");
            return v[0];
        });
        grammar.Add("paren", "LeftParen expr RightParen", static (_, v) => new ParenExpr((Expr)v[1]!, Span(v[0], v[2])));
    }

    /// <summary>What follows an expression: offset, <c>@</c>, ranges; and signs before one.</summary>
    public static void AddModifiers(GrammarBuilder grammar)
    {
        grammar.Add("positiveduration", "duration", static (c, v) => DurationBuilder.Positive(c, (Expr)v[0]!));
        grammar.Add("offset", "expr Offset offsetduration", static (c, v) => ModifierBuilder.Offset(c, (Expr)v[0]!, (Expr)v[2]!));
        Recover(grammar, "offset", "expr Offset Recovery", "offset", "number, duration, step(), or range()");
        grammar.Add("anchored", "expr Anchored", static (c, v) => ModifierBuilder.Extended(c, (Expr)v[0]!, anchored: true));
        grammar.Add("smoothed", "expr Smoothed", static (c, v) => ModifierBuilder.Extended(c, (Expr)v[0]!, anchored: false));
        grammar.Add("at", "expr At signedorunsigned", static (c, v) => ModifierBuilder.At(c, (Expr)v[0]!, (double)v[2]!));
        grammar.Add("at", "expr At bound LeftParen RightParen", static (c, v) =>
            ModifierBuilder.At(c, (Expr)v[0]!, new AtModifier(((Item)v[2]!).Kind == ItemKind.Start ? AtKind.Start : AtKind.End)));
        Recover(grammar, "at", "expr At Recovery", "@", "timestamp");
        grammar.Tokens("bound", ItemKind.Start, ItemKind.Finish);
        grammar.Add("matrix", "expr LeftBracket positiveduration RightBracket", static (c, v) =>
            NodeBuilder.Matrix(c, (Expr)v[0]!, (Item)v[1]!, (Expr)v[2]!, (Item)v[3]!));
        grammar.Add("subquery", "expr LeftBracket positiveduration Colon positiveduration RightBracket", static (_, v) =>
            NodeBuilder.Subquery((Expr)v[0]!, (Expr)v[2]!, (Expr)v[4]!, (Item)v[5]!));
        grammar.Add("subquery", "expr LeftBracket positiveduration Colon RightBracket", static (_, v) =>
            NodeBuilder.Subquery((Expr)v[0]!, (Expr)v[2]!, null, (Item)v[4]!));
        Recover(grammar, "subquery", "expr LeftBracket positiveduration Colon positiveduration Recovery", "subquery selector", "\"]\"");
        Recover(grammar, "subquery", "expr LeftBracket positiveduration Colon Recovery", "subquery selector", "number, duration, step(), range(), or \"]\"");
        Recover(grammar, "subquery", "expr LeftBracket positiveduration Recovery", "subquery or range", "\":\" or \"]\"");
        Recover(grammar, "subquery", "expr LeftBracket Recovery", "subquery or range selector", "number, duration, step(), or range()");
        grammar.Add("unary", "sign expr", static (_, v) => NodeBuilder.Unary((Item)v[0]!, (Expr)v[1]!), ItemKind.Multiply);
    }

    /// <summary>Selectors and their matchers.</summary>
    public static void AddSelectors(GrammarBuilder grammar)
    {
        grammar.Add("selector", "metricname matchers", static (_, v) =>
        {
            var (matchers, position) = (Matchers)v[1]!;
            return NodeBuilder.Selector((Item)v[0]!, matchers, position with { Start = ((Item)v[0]!).Start });
        });
        grammar.Add("selector", "metricname", static (_, v) => NodeBuilder.Selector((Item)v[0]!, [], ((Item)v[0]!).Position));
        grammar.Add("selector", "matchers", static (_, v) => NodeBuilder.Selector(null, ((Matchers)v[0]!).Items, ((Matchers)v[0]!).Position));
        grammar.Add("matchers", "LeftBrace matcherlist RightBrace", static (_, v) => new Matchers((List<LabelMatcher?>)v[1]!, Span(v[0], v[2])));
        grammar.Add("matchers", "LeftBrace matcherlist Comma RightBrace", static (_, v) => new Matchers((List<LabelMatcher?>)v[1]!, Span(v[0], v[3])));
        grammar.Add("matchers", "LeftBrace RightBrace", static (_, v) => new Matchers([], Span(v[0], v[1])));
        grammar.Add("matcherlist", "matcherlist Comma matcher", static (_, v) => Append((List<LabelMatcher?>)v[0]!, (LabelMatcher?)v[2]));
        grammar.Add("matcherlist", "matcher", static (_, v) => new List<LabelMatcher?> { (LabelMatcher?)v[0] });
        Recover(grammar, "matcherlist", "matcherlist Recovery", "label matching", "\",\" or \"}\"");
        grammar.Add("matcher", "Identifier comparison String", static (c, v) => NodeBuilder.Matcher(c, (Item)v[0]!, ((Item)v[0]!).Text, (Item)v[1]!, (Item)v[2]!));
        grammar.Add("matcher", "quotedname comparison String", static (c, v) =>
            NodeBuilder.Matcher(c, ((QuotedName)v[0]!).Item, ((QuotedName)v[0]!).Text, (Item)v[1]!, (Item)v[2]!));
        grammar.Add("matcher", "quotedname", static (_, v) => new LabelMatcher(MatchType.Equal, LabelSet.MetricName, ((QuotedName)v[0]!).Text));
        Recover(grammar, "matcher", "quotedname comparison Recovery", "label matching", "string", keep: false);
        Recover(grammar, "matcher", "Identifier comparison Recovery", "label matching", "string", keep: false);
        Recover(grammar, "matcher", "Identifier Recovery", "label matching", "label matching operator", keep: false);
        Recover(grammar, "matcher", "Recovery", "label matching", "identifier or \"}\"", keep: false);
    }

    /// <summary>Adds a rule that reports the unexpected token and goes on, with the value of its first symbol or without one.</summary>
    public static void Recover(GrammarBuilder grammar, string left, string right, string context, string expected, bool keep = true) =>
        grammar.Add(left, right, (c, v) =>
        {
            c.Unexpected(context, expected);
            return keep ? v[0] : null;
        });

    /// <summary>From the beginning of one token to the end of another.</summary>
    public static PositionRange Span(object? first, object? last) => new(((Item)first!).Start, ((Item)last!).End);

    /// <summary>Adds to a list.</summary>
    public static List<T> Append<T>(List<T> list, T item)
    {
        list.Add(item);
        return list;
    }

    private static AggregateExpr Aggregate(ParseContext context, object? op, object? grouping, object? arguments, int end) =>
        NodeBuilder.Aggregate(context, (Item)op!, (Grouping?)grouping, ((Arguments)arguments!).Items, end);

    private static void AddMatching(GrammarBuilder grammar)
    {
        grammar.Add("modifiers", "fillmodifiers", null);
        grammar.Add("boolmodifier", "", static (_, _) => BinaryModifiers.None);
        grammar.Add("boolmodifier", "Bool", static (_, _) => BinaryModifiers.Bool);
        foreach (string word in (string[])["Ignoring", "On"])
        {
            grammar.Add("onorignoring", $"boolmodifier {word} labels", static (_, v) =>
            {
                bool on = ((Item)v[1]!).Kind == ItemKind.On;
                List<string> labels = (List<string>?)v[2] ?? [];
                return Change(v[0], m => m with { On = on, Labels = labels });
            });
        }

        grammar.Add("groupmodifiers", "boolmodifier", null);
        grammar.Add("groupmodifiers", "onorignoring", null);
        grammar.Add("groupmodifiers", "onorignoring GroupLeft maybelabels", static (_, v) => Group(v, MatchCardinality.ManyToOne));
        grammar.Add("groupmodifiers", "onorignoring GroupRight maybelabels", static (_, v) => Group(v, MatchCardinality.OneToMany));
        grammar.Add("fillmodifiers", "groupmodifiers", null);
        grammar.Add("fillmodifiers", "groupmodifiers Fill fillvalue", static (_, v) => Fill(v[0], v[2], v[2]));
        grammar.Add("fillmodifiers", "groupmodifiers FillLeft fillvalue", static (_, v) => Fill(v[0], v[2], null));
        grammar.Add("fillmodifiers", "groupmodifiers FillRight fillvalue", static (_, v) => Fill(v[0], null, v[2]));
        grammar.Add("fillmodifiers", "groupmodifiers FillLeft fillvalue FillRight fillvalue", static (_, v) => Fill(v[0], v[2], v[4]));
        grammar.Add("fillmodifiers", "groupmodifiers FillRight fillvalue FillLeft fillvalue", static (_, v) => Fill(v[0], v[4], v[2]));
        grammar.Add("fillvalue", "LeftParen literal RightParen", static (_, v) => ((NumberLiteral)v[1]!).Value);
        grammar.Add("fillvalue", "LeftParen sign literal RightParen", static (_, v) => ((NumberLiteral)NodeBuilder.Unary((Item)v[1]!, (Expr)v[2]!)).Value);
    }

    private static BinaryModifiers Group(ReadOnlySpan<object?> values, MatchCardinality cardinality)
    {
        var include = (List<string>?)values[2];
        return Change(values[0], m => m with { Cardinality = cardinality, Include = include ?? [] });
    }

    private static BinaryModifiers Fill(object? modifiers, object? left, object? right) =>
        Change(modifiers, m => m with { FillLeft = (double?)left, FillRight = (double?)right });

    private static BinaryModifiers Change(object? modifiers, Func<VectorMatching, VectorMatching> change)
    {
        var before = (BinaryModifiers)modifiers!;
        return before with { Matching = change(before.Matching) };
    }

    private static void AddLabels(GrammarBuilder grammar)
    {
        grammar.Add("labels", "LeftParen labellist RightParen", static (_, v) => v[1]);
        grammar.Add("labels", "LeftParen labellist Comma RightParen", static (_, v) => v[1]);
        grammar.Add("labels", "LeftParen RightParen", static (_, _) => new List<string>());
        Recover(grammar, "labels", "Recovery", "grouping opts", "\"(\"", keep: false);
        grammar.Add("labellist", "labellist Comma label", static (_, v) => Append((List<string>)v[0]!, (string)v[2]!));
        grammar.Add("labellist", "label", static (_, v) => new List<string> { (string)v[0]! });
        Recover(grammar, "labellist", "labellist Recovery", "grouping opts", "\",\" or \")\"");
        grammar.Add("label", "labelword", static (c, v) => NodeBuilder.GroupingLabel(c, (Item)v[0]!));
        grammar.Add("label", "String", static (c, v) => NodeBuilder.GroupingLabel(c, (Item)v[0]!));
        grammar.Add("label", "Recovery", static (c, _) =>
        {
            c.Unexpected("grouping opts", "label");
            return "";
        });
    }

    private sealed record Arguments(List<Expr> Items, int End);

    private sealed record Matchers(List<LabelMatcher?> Items, PositionRange Position);
}

/// <summary>A name in quotes, and where it is.</summary>
internal sealed record QuotedName(Item Item, string Text);
