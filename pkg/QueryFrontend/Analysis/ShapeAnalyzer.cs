using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.QueryFrontend.Analysis;

/// <summary>
/// Walks a syntax tree for <see cref="QueryShape"/>. What is not known to be the same for every range of steps counts as range-bound: then the query is evaluated
/// as a whole, which is always right.
/// </summary>
/// <param name="lookbackMs">How far an instant selector looks back, in milliseconds.</param>
internal sealed class ShapeAnalyzer(long lookbackMs)
{
    /// <summary>
    /// They tell of the query's own times; or gather the labels of a whole range to select by (<c>info</c>). <c>step</c> is 0 when there is one step only.
    /// </summary>
    private static readonly FrozenSet<string> s_rangeBound = FrozenSet.ToFrozenSet(["start", "end", "range", "step", "info"], StringComparer.Ordinal);

    /// <summary>Their results do not carry what a histogram says of the one before it.</summary>
    private static readonly FrozenSet<string> s_differences =
        FrozenSet.ToFrozenSet(["rate", "increase", "delta", "irate", "idelta"], StringComparer.Ordinal);

    /// <summary>True when something range-bound was met.</summary>
    public bool IsRangeBound { get; private set; }

    /// <summary>The expression inside parentheses.</summary>
    public static Expr Unwrap(Expr expression)
    {
        while (expression is ParenExpr paren)
        {
            expression = paren.Inner;
        }

        return expression;
    }

    /// <summary>Which samples the expression looks at.</summary>
    public TimeReach Reach(Expr expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        IsRangeBound |= Binds(expression);
        switch (expression)
        {
            case MatrixSelector matrix:
                return OfSelector(matrix.Selector, matrix.RangeMs);
            case VectorSelector selector:
                return OfSelector(selector, selector.Smoothed ? 0 : lookbackMs);
            case SubqueryExpr subquery:
                return Reach(subquery.Operand).Shift(-subquery.RangeMs, 0, subquery.Modifiers);
            default:
                TimeReach all = TimeReach.None;
                foreach (Expr child in expression.Children())
                {
                    all = all.Union(Reach(child));
                }

                return all;
        }
    }

    private static bool Binds(Expr expression) => expression switch
    {
        AggregateExpr aggregate => Binds(aggregate),
        CallExpr call => s_rangeBound.Contains(call.Function.Name) || ComparesNeighbours(call),
        MatrixSelector matrix => matrix.RangeExpr is not null || Binds(matrix.Selector.Modifiers),
        VectorSelector selector => Binds(selector.Modifiers),
        SubqueryExpr subquery => subquery.RangeExpr is not null || subquery.StepExpr is not null || Binds(subquery.Modifiers),
        _ => false,
    };

    private static bool Binds(SelectorModifiers modifiers) =>
        modifiers.OffsetExpr is not null || modifiers.At.Kind is AtKind.Start or AtKind.End;

    /// <summary>
    /// Ties of <c>topk</c> and its like are broken by the order in which series come, and a series that has samples at another step only changes that order. A
    /// parameter that is no number is checked, and complained of, over all steps.
    /// </summary>
    private static bool Binds(AggregateExpr aggregate) =>
        aggregate.Op is AggregateOperator.TopK or AggregateOperator.BottomK or AggregateOperator.LimitK
        || (aggregate.Parameter is { } parameter && !IsLiteral(parameter));

    private static bool IsLiteral(Expr expression) => Unwrap(expression) switch
    {
        NumberLiteral or StringLiteral => true,
        UnaryExpr unary => IsLiteral(unary.Operand),
        _ => false,
    };

    /// <summary>
    /// Count, sum and average of native histograms: whether one was reset is then found by comparing it with the stored one before, which the first step of a
    /// range may not have. Differences and plain selectors do not show it.
    /// </summary>
    private static bool ComparesNeighbours(CallExpr call) =>
        call.Function.Name is "histogram_count" or "histogram_sum" or "histogram_avg"
        && Unwrap(call.Arguments[0]) is not VectorSelector { Smoothed: false }
        && HasBareSelector(call.Arguments[0]);

    private static bool HasBareSelector(Expr root)
    {
        var open = new Stack<Expr>([root]);
        while (open.TryPop(out Expr? node))
        {
            if (node is VectorSelector)
            {
                return true;
            }

            if (node is CallExpr call && s_differences.Contains(call.Function.Name) && Unwrap(call.Arguments[0]) is MatrixSelector)
            {
                continue;
            }

            foreach (Expr child in node.Children())
            {
                open.Push(child);
            }
        }

        return false;
    }

    /// <summary>Ranges are open on the left; one millisecond more does no harm.</summary>
    private TimeReach OfSelector(VectorSelector selector, long rangeMs)
    {
        long back = selector.Anchored || selector.Smoothed ? lookbackMs : 0;
        return TimeReach.Of(TimeReach.Add(rangeMs, back), selector.Smoothed ? lookbackMs : 0, selector.Modifiers);
    }
}
