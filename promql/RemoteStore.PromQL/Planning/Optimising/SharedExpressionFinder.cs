using System.Runtime.CompilerServices;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning.Optimising;

/// <summary>
/// Walks a query in the order in which it is written, as the planner does, and notes vectors and range selectors that it has met before at an equal place. It does
/// not go into those again: what is inside of them is not computed again either.
/// </summary>
internal sealed class SharedExpressionFinder
{
    private readonly ValueNumbers _numbers = new();
    private readonly StepInvariance _invariance = new();
    private readonly Dictionary<Expr, bool> _tellsHowOften = [];
    private readonly Dictionary<(int Number, EvaluationPlace Place), List<Expr>> _met = [];

    /// <summary>The occurrences of each part that was met more than once, in the order in which they are written.</summary>
    public IReadOnlyList<IReadOnlyList<Expr>> Repeated => [.. _met.Values.Where(static occurrences => occurrences.Count > 1)];

    /// <summary>Notes an expression and what is inside of it.</summary>
    public void Visit(Expr expression, EvaluationPlace place)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        expression = Planner.Unwrap(expression);
        if (expression.Type is ExprType.Scalar or ExprType.Vector && !place.IsOnce && _invariance.Holds(expression))
        {
            place = place.Once();
        }

        if (expression.Type == ExprType.Vector && MayBeShared(expression) && !IsFirst(expression, place))
        {
            return;
        }

        switch (expression)
        {
            case SubqueryExpr subquery:
                Visit(subquery.Operand, place.Inside(subquery, _numbers));
                break;
            case CallExpr call:
                VisitArguments(call, place);
                break;
            case MatrixSelector:
                _ = IsFirst(expression, place); // its selector is no vector of its own
                break;
            default:
                foreach (Expr child in expression.Children())
                {
                    Visit(child, place);
                }

                break;
        }
    }

    private bool MayBeShared(Expr expression) => expression is not CallExpr { Function.Name: "vector" } && !TellsHowOften(expression);

    /// <summary>
    /// True where something inside reports how many samples it was about: computed once, it would tell of fewer. What goes into it may be shared.
    /// </summary>
    private bool TellsHowOften(Expr expression)
    {
        if (_tellsHowOften.TryGetValue(expression, out bool known))
        {
            return known;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        bool tells = expression is CallExpr { Function.Name: "histogram_quantile" or "histogram_quantiles" or "histogram_fraction" }
            || expression.Children().Any(TellsHowOften);
        _tellsHowOften.Add(expression, tells);
        return tells;
    }

    private void VisitArguments(CallExpr call, EvaluationPlace place)
    {
        EvaluationPlace inside = place.ArgumentOf(call);
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            Expr argument = Planner.Unwrap(call.Arguments[i]);
            bool isSelectorOfItsOwn = argument is VectorSelector
                && (call.Function.Name is "timestamp" or "start_timestamp" || (call.Function.Name == "info" && i == 1));
            if (!isSelectorOfItsOwn)
            {
                Visit(argument, argument.Type == ExprType.Scalar ? place : inside);
            }
        }
    }

    /// <summary>True when the expression is met for the first time; else it is noted as one more occurrence.</summary>
    private bool IsFirst(Expr expression, EvaluationPlace place)
    {
        (int, EvaluationPlace) key = (_numbers.Of(expression), place);
        if (_met.TryGetValue(key, out List<Expr>? occurrences))
        {
            occurrences.Add(expression);
            return false;
        }

        _met.Add(key, [expression]);
        return true;
    }
}
