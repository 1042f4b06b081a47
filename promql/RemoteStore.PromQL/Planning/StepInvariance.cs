using System.Runtime.CompilerServices;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning;

/// <summary>
/// Finds what has the same value at every step, because <c>@</c> pins all its selectors. Safe for concurrent use with the expressions of one tree once
/// <see cref="Learn"/> has seen it.
/// </summary>
internal sealed class StepInvariance
{
    /// <summary>Functions whose result depends on the evaluation time even when their arguments do not.</summary>
    private static readonly HashSet<string> s_timeDependent = new(StringComparer.Ordinal)
    {
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year", "predict_linear", "time", "timestamp",
    };

    private readonly Dictionary<Expr, bool> _known = [];

    /// <summary>Answers for every expression of a tree, so that later questions change nothing.</summary>
    public void Learn(Expr root)
    {
        var open = new Stack<Expr>([root]);
        while (open.TryPop(out Expr? node))
        {
            _ = Holds(node);
            foreach (Expr child in node.Children())
            {
                open.Push(child);
            }
        }
    }

    /// <summary>True when the expression has the same value at every step.</summary>
    public bool Holds(Expr expression)
    {
        if (_known.TryGetValue(expression, out bool known))
        {
            return known;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        bool holds = expression switch
        {
            VectorSelector selector => selector.Modifiers.At.Kind != AtKind.None,
            MatrixSelector matrix => Holds(matrix.Selector),
            SubqueryExpr subquery => subquery.Modifiers.At.Kind != AtKind.None,
            AggregateExpr aggregate => Holds(aggregate.Operand) && (aggregate.Parameter is null || Holds(aggregate.Parameter)),
            BinaryExpr binary => Holds(binary.Left) && Holds(binary.Right),
            CallExpr call => !s_timeDependent.Contains(call.Function.Name) && call.Arguments.All(Holds),
            ParenExpr paren => Holds(paren.Inner),
            UnaryExpr unary => Holds(unary.Operand),
            _ => true,
        };
        _known[expression] = holds;
        return holds;
    }
}
