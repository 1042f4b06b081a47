using System.Globalization;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Building;

/// <summary>Sets what follows a selector: offset, <c>@</c>, <c>anchored</c>, <c>smoothed</c>.</summary>
internal static class ModifierBuilder
{
    public static Expr Offset(ParseContext context, Expr operand, Expr duration)
    {
        if (Target(context, operand, "offset") is not { } modifiers)
        {
            return operand;
        }

        if (modifiers.HasOffset)
        {
            context.Fault(operand.Position, "offset may not be set multiple times");
        }
        else
        {
            modifiers.OffsetMs = DurationBuilder.Milliseconds(duration);
            modifiers.OffsetExpr = duration as DurationExpr;
        }

        SetEnd(operand, context.LastClosing);
        return operand;
    }

    public static Expr At(ParseContext context, Expr operand, double seconds)
    {
        if (!double.IsFinite(seconds) || seconds >= long.MaxValue || seconds <= long.MinValue)
        {
            context.Fault(operand.Position, $"timestamp out of bounds for @ modifier: {FixedPoint(seconds)}");
        }

        return At(context, operand, new AtModifier(AtKind.Timestamp, Saturate(Math.Round(seconds * 1000, MidpointRounding.AwayFromZero))));
    }

    public static Expr At(ParseContext context, Expr operand, AtModifier at)
    {
        if (Target(context, operand, "@") is not { } modifiers)
        {
            return operand;
        }

        if (modifiers.At.Kind != AtKind.None)
        {
            context.Fault(operand.Position, "@ <timestamp> may not be set multiple times");
            return operand;
        }

        modifiers.At = at;
        SetEnd(operand, context.LastClosing);
        return operand;
    }

    public static Expr Extended(ParseContext context, Expr operand, bool anchored)
    {
        string name = anchored ? "anchored" : "smoothed";
        if (!context.Options.ExtendedRangeSelectors)
        {
            context.Fault(operand.Position, $"{name} modifier is experimental and not enabled");
        }

        VectorSelector? selector = operand as VectorSelector ?? (operand as MatrixSelector)?.Operand as VectorSelector;
        if (selector is not null)
        {
            selector.Anchored |= anchored;
            selector.Smoothed |= !anchored;
            if (selector is { Anchored: true, Smoothed: true })
            {
                context.Fault(operand.Position, "anchored and smoothed modifiers cannot be used together");
            }
        }
        else if (operand is not MatrixSelector)
        {
            context.Fault(operand.Position, $"{name} modifier {(operand is SubqueryExpr ? "is not supported for subqueries" : "not implemented")}");
        }

        return operand;
    }

    private static SelectorModifiers? Target(ParseContext context, Expr operand, string name)
    {
        switch (operand)
        {
            case VectorSelector selector:
                return selector.Modifiers;
            case MatrixSelector { Operand: VectorSelector selector }:
                return selector.Modifiers;
            case SubqueryExpr subquery:
                return subquery.Modifiers;
            case MatrixSelector:
                context.Fault(operand.Position, "ranges only allowed for vector selectors");
                return null;
            default:
                context.Fault(
                    operand.Position, $"{name} modifier must be preceded by an instant vector selector or range vector selector or a subquery");
                return null;
        }
    }

    private static void SetEnd(Expr operand, int end)
    {
        switch (operand)
        {
            case VectorSelector selector:
                selector.End = end;
                break;
            case MatrixSelector matrix:
                matrix.End = end;
                break;
            default:
                ((SubqueryExpr)operand).End = end;
                break;
        }
    }

    private static long Saturate(double value) => double.IsNaN(value) ? 0 : value >= long.MaxValue ? long.MaxValue : value <= long.MinValue ? long.MinValue : (long)value;

    private static string FixedPoint(double value) => double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? (value > 0 ? "+Inf" : "-Inf")
        : value.ToString("F6", CultureInfo.InvariantCulture);
}
