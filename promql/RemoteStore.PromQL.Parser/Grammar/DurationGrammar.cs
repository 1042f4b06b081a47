using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;
using Sprache;
using static RemoteStore.PromQL.Parser.Grammar.TokenParsers;

namespace RemoteStore.PromQL.Parser.Grammar;

/// <summary>Durations and the arithmetic on them.</summary>
internal static class DurationGrammar
{
    private const int PowerLevel = 3;

    private static readonly Parser<object?> s_nothing = Parse.Return<object?>(null);

    private static readonly Parser<Expr> s_literal = AnyOf([ItemKind.Number, ItemKind.Duration])
        .Make(static Expr (c, i) =>
        {
            NumberLiteral number = Literals.NumberOrDuration(c, i);
            return DurationBuilder.Bounded(c, number, number.Position);
        });

    private static readonly Parser<DurationExpr> s_ofQuery =
        (from name in AnyOf([ItemKind.Step, ItemKind.Range])
         from open in Token(ItemKind.LeftParen)
         from close in Token(ItemKind.RightParen)
         select (name, close)).Make(static (c, p) => DurationBuilder.OfQuery(c, p.name, p.close));

    private static readonly Parser<(Item Name, Expr Left, Expr Right, Item Close)> s_extremeParts =
        from name in AnyOf([ItemKind.MinOf, ItemKind.MaxOf])
        from open in Token(ItemKind.LeftParen)
        from left in Any
        from comma in Token(ItemKind.Comma)
        from right in Any
        from close in Token(ItemKind.RightParen)
        select (name, left, right, close);

    private static readonly Parser<DurationExpr> s_extreme =
        s_extremeParts.Make(static (c, p) => DurationBuilder.Extreme(c, p.Name, p.Left, p.Right, p.Close.End));

    private static readonly Parser<(Item Open, Expr Inner, Item Close)> s_parenParts =
        from open in Token(ItemKind.LeftParen)
        from inner in Any
        from close in Token(ItemKind.RightParen)
        select (open, inner, close);

    private static readonly Parser<Expr> s_paren =
        s_parenParts.Make(static Expr (c, p) => DurationBuilder.Wrapped(c, p.Inner, p.Open.Start, p.Close.End));

    private static readonly Parser<Item> s_sign = AnyOf([ItemKind.Add, ItemKind.Subtract]);

    private static readonly Parser<Expr> s_operand = Choose(static place => Operand(place.Kind));

    private static readonly Parser<Expr> s_signed =
        (from sign in s_sign
         from operand in Chain(PowerLevel)
         select (sign, operand)).Make(static (c, p) => DurationBuilder.Signed(c, p.sign, p.operand));

    private static readonly Parser<Expr> s_any = Chain(1);

    /// <summary>Any duration.</summary>
    public static Parser<Expr> Any => static input => s_any(input);

    /// <summary>A duration above 0.</summary>
    public static Parser<Expr> Positive { get; } = s_any.Make(DurationBuilder.Positive);

    /// <summary>The duration of an offset: one operand, unless it begins with parentheses or two signs.</summary>
    public static Parser<Expr> Offset { get; } = Choose(static place => place.Kind switch
    {
        ItemKind.Number or ItemKind.Duration => s_literal,
        ItemKind.Step or ItemKind.Range => s_ofQuery,
        ItemKind.MinOf or ItemKind.MaxOf => s_extreme,
        ItemKind.Add or ItemKind.Subtract => SignedOffset(place.Next().Kind),
        _ => s_any,
    });

    private static Parser<Expr>? SignedOffset(ItemKind operand) => operand switch
    {
        ItemKind.Number or ItemKind.Duration => s_signedLiteral,
        ItemKind.Step or ItemKind.Range => s_signedOfQuery,
        ItemKind.MinOf or ItemKind.MaxOf => s_signedExtreme,
        ItemKind.LeftParen => s_signedParen,
        _ => s_any,
    };

    private static readonly Parser<Expr> s_signedLiteral =
        (from sign in s_sign
         from literal in AnyOf([ItemKind.Number, ItemKind.Duration])
         select (sign, literal)).Make(static (c, p) => DurationBuilder.Signed(c, p.sign, Literals.NumberOrDuration(c, p.literal)));

    private static readonly Parser<Expr> s_signedOfQuery =
        (from sign in s_sign
         from function in s_ofQuery
         select (sign, function)).Make(static Expr (_, p) => DurationBuilder.SignedFunction(p.sign, p.function, 0));

    private static readonly Parser<Expr> s_signedExtreme =
        (from sign in s_sign
         from parts in s_extremeParts
         select (sign, parts)).Make(static Expr (c, p) =>
        {
            int end = p.parts.Right.Position.End; // as Prometheus has it: without the parenthesis
            return DurationBuilder.SignedFunction(p.sign, DurationBuilder.Extreme(c, p.parts.Name, p.parts.Left, p.parts.Right, end), end);
        });

    private static readonly Parser<Expr> s_signedParen =
        (from sign in s_sign
         from parts in s_parenParts
         select (sign, parts)).Make(static (c, p) => DurationBuilder.SignedWrapped(c, p.sign, p.parts.Inner));

    private static Parser<Expr>? Operand(ItemKind kind) => kind switch
    {
        ItemKind.Number or ItemKind.Duration => s_literal,
        ItemKind.Add or ItemKind.Subtract => s_signed,
        ItemKind.Step or ItemKind.Range => s_ofQuery,
        ItemKind.MinOf or ItemKind.MaxOf => s_extreme,
        ItemKind.LeftParen => s_paren,
        _ => null,
    };

    private static Parser<Expr> Chain(int minimum) => Chain<Expr, object?>(
        s_operand, Level, s_nothing, static (c, left, op, _, right) => DurationBuilder.Binary(c, left, op, right), minimum);

    private static int Level(ItemKind kind) => kind switch
    {
        ItemKind.Add or ItemKind.Subtract => 1,
        ItemKind.Multiply or ItemKind.Divide or ItemKind.Modulo => 2,
        ItemKind.Power => PowerLevel,
        _ => 0,
    };
}
