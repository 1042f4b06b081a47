using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Building;

/// <summary>Makes nodes of durations and the arithmetic on them.</summary>
internal static class DurationBuilder
{
    // 2^63 nanoseconds.
    private const double MaxSeconds = 9223372036.854775807;

    private static NumberLiteral Zero { get; } = new(0, isDuration: false, default);

    /// <summary>Length of a literal in whole milliseconds; 0 for arithmetic, whose length is not known yet.</summary>
    public static long Milliseconds(Expr? duration) => duration is NumberLiteral number
        ? (long)Math.Round(number.Value * 1e9, MidpointRounding.AwayFromZero) / 1_000_000
        : 0;

    /// <summary>A literal within the range of durations.</summary>
    public static NumberLiteral Bounded(ParseContext context, NumberLiteral number, PositionRange at)
    {
        if (Math.Abs(number.Value) <= MaxSeconds || double.IsNaN(number.Value))
        {
            return number;
        }

        context.Fault(at, "duration out of range");
        return Zero;
    }

    /// <summary>A range or step: above 0 where that is known.</summary>
    public static Expr Positive(ParseContext context, Expr duration)
    {
        if (duration is NumberLiteral { Value: <= 0 } number)
        {
            context.Fault(number.Position, "duration must be greater than 0");
            return Zero;
        }

        return duration;
    }

    public static Expr Binary(ParseContext context, Expr left, Item op, Expr right)
    {
        Experimental(context, left);
        if (op.Kind is ItemKind.Divide or ItemKind.Modulo && right is NumberLiteral { Value: 0 })
        {
            context.Fault(op.Position, op.Kind == ItemKind.Divide ? "division by zero" : "modulo by zero");
            return Zero;
        }

        DurationOperator kind = op.Kind switch
        {
            ItemKind.Add => DurationOperator.Add,
            ItemKind.Subtract => DurationOperator.Subtract,
            ItemKind.Multiply => DurationOperator.Multiply,
            ItemKind.Divide => DurationOperator.Divide,
            ItemKind.Modulo => DurationOperator.Modulo,
            _ => DurationOperator.Power,
        };
        return new DurationExpr(kind, left, right, wrapped: false, 0, 0);
    }

    /// <summary>A sign before a duration.</summary>
    public static Expr Signed(ParseContext context, Item sign, Expr operand)
    {
        bool isMinus = sign.Kind == ItemKind.Subtract;
        return operand is NumberLiteral number
            ? Bounded(
                context,
                new NumberLiteral(isMinus ? -number.Value : number.Value, number.IsDuration, new PositionRange(sign.Start, number.Position.End)),
                sign.Position)
            : isMinus ? new DurationExpr(DurationOperator.Subtract, null, operand, wrapped: false, sign.Start, 0)
            : operand;
    }

    /// <summary>Parentheses around a duration.</summary>
    public static DurationExpr Wrapped(ParseContext context, Expr inner, int start, int end)
    {
        Experimental(context, inner);
        return Wrap(inner, start, end);
    }

    /// <summary>A sign before parentheses, in an offset.</summary>
    public static Expr SignedWrapped(ParseContext context, Item sign, Expr inner) =>
        Signed(context, sign, Wrap(inner, inner.Position.Start, inner.Position.End));

    /// <summary><c>step()</c> or <c>range()</c>.</summary>
    public static DurationExpr OfQuery(ParseContext context, Item name, Item close)
    {
        var node = new DurationExpr(
            name.Kind == ItemKind.Step ? DurationOperator.Step : DurationOperator.Range, null, null, wrapped: false, name.Start, close.End);
        Experimental(context, node);
        return node;
    }

    /// <summary><c>min_of(a, b)</c> or <c>max_of(a, b)</c>.</summary>
    public static DurationExpr Extreme(ParseContext context, Item name, Expr left, Expr right, int end)
    {
        var node = new DurationExpr(
            name.Kind == ItemKind.MinOf ? DurationOperator.MinOf : DurationOperator.MaxOf, left, right, wrapped: false, name.Start, end);
        Experimental(context, node);
        return node;
    }

    /// <summary>A sign before a function, in an offset; unlike elsewhere a plus is kept.</summary>
    public static DurationExpr SignedFunction(Item sign, DurationExpr function, int end) => new(
        sign.Kind == ItemKind.Subtract ? DurationOperator.Subtract : DurationOperator.Add, null, function, wrapped: false, sign.Start, end);

    private static DurationExpr Wrap(Expr inner, int start, int end) => inner is DurationExpr duration
        ? duration.InParentheses()
        : new DurationExpr(DurationOperator.Add, null, inner, wrapped: true, start, end);

    private static void Experimental(ParseContext context, Expr node)
    {
        if (!context.Options.DurationExpressions)
        {
            context.Fault(node.Position, "experimental duration expression is not enabled");
        }
    }
}
