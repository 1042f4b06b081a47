using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lalr;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Diagnosis;

/// <summary>Rules of durations and the arithmetic on them. An offset takes one operand only, unless it begins with parentheses.</summary>
internal static class DurationRules
{
    public static void Add(GrammarBuilder grammar)
    {
        grammar.Add("offsetduration", "literal", static (c, v) => Literal(c, v[0]));
        grammar.Add("offsetduration", "sign literal", static (c, v) => DurationBuilder.Signed(c, (Item)v[0]!, (Expr)v[1]!));
        foreach (string name in (string[])["Step", "Range"])
        {
            grammar.Add("offsetduration", $"{name} LeftParen RightParen", static (c, v) => DurationBuilder.OfQuery(c, (Item)v[0]!, (Item)v[2]!));
        }

        foreach (string name in (string[])["Step", "Range"])
        {
            grammar.Add("offsetduration", $"sign {name} LeftParen RightParen", static (c, v) =>
                DurationBuilder.SignedFunction((Item)v[0]!, DurationBuilder.OfQuery(c, (Item)v[1]!, (Item)v[3]!), 0));
        }

        grammar.Add("offsetduration", "extreme LeftParen duration Comma duration RightParen", static (c, v) => Extreme(c, v));
        grammar.Add("offsetduration", "sign extreme LeftParen duration Comma duration RightParen", static (c, v) =>
        {
            int end = ((Expr)v[5]!).Position.End; // as Prometheus has it: without the parenthesis
            return DurationBuilder.SignedFunction((Item)v[0]!, DurationBuilder.Extreme(c, (Item)v[1]!, (Expr)v[3]!, (Expr)v[5]!, end), end);
        });
        grammar.Add(
            "offsetduration", "sign LeftParen duration RightParen", static (c, v) => DurationBuilder.SignedWrapped(c, (Item)v[0]!, (Expr)v[2]!), ItemKind.Multiply);
        grammar.Add("offsetduration", "duration", null);
        grammar.Tokens("extreme", ItemKind.MinOf, ItemKind.MaxOf);
        grammar.Add("duration", "literal", static (c, v) => Literal(c, v[0]));
        grammar.Add("duration", "sign duration", static (c, v) => DurationBuilder.Signed(c, (Item)v[0]!, (Expr)v[1]!), ItemKind.Multiply);
        foreach (string op in (string[])["Add", "Subtract", "Multiply", "Divide", "Modulo", "Power"])
        {
            grammar.Add("duration", $"duration {op} duration", static (c, v) => DurationBuilder.Binary(c, (Expr)v[0]!, (Item)v[1]!, (Expr)v[2]!));
        }

        foreach (string name in (string[])["Step", "Range"])
        {
            grammar.Add("duration", $"{name} LeftParen RightParen", static (c, v) => DurationBuilder.OfQuery(c, (Item)v[0]!, (Item)v[2]!));
        }

        grammar.Add("duration", "extreme LeftParen duration Comma duration RightParen", static (c, v) => Extreme(c, v));
        grammar.Add("duration", "parenduration", null);
        grammar.Add("parenduration", "LeftParen duration RightParen", static (c, v) =>
            DurationBuilder.Wrapped(c, (Expr)v[1]!, ((Item)v[0]!).Start, ((Item)v[2]!).End));
    }

    private static NumberLiteral Literal(ParseContext context, object? value) =>
        DurationBuilder.Bounded(context, (NumberLiteral)value!, ((NumberLiteral)value!).Position);

    private static DurationExpr Extreme(ParseContext context, ReadOnlySpan<object?> v) =>
        DurationBuilder.Extreme(context, (Item)v[0]!, (Expr)v[2]!, (Expr)v[4]!, ((Item)v[5]!).End);
}
