using System.Runtime.CompilerServices;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Syntax;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.PromQL.Planning.Optimising;

/// <summary>What is known of an instant vector from its expression alone. "False" and null mean that it is not known.</summary>
internal static class VectorFacts
{
    /// <summary>Labels that name a metric: matching and aggregation treat them in ways of their own.</summary>
    private static readonly HashSet<string> s_metadata = new(StringComparer.Ordinal) { LabelSet.MetricName, "__type__", "__unit__" };

    /// <summary>
    /// The selector of a plain selection, else null. The vector is plain when it is one selection of series, computed on series by series or counted in groups,
    /// without warnings, infos or errors of its own, so that taking series away in storage takes the same series away from it and changes nothing else.
    /// </summary>
    public static VectorSelector? SelectorOf(Expr expression)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return Planner.Unwrap(expression) switch
        {
            VectorSelector { Smoothed: false, Anchored: false } selector => selector,
            CallExpr { Function.Name: "first_over_time" or "last_over_time" } call => OfRange(Planner.Unwrap(call.Arguments[0])),
            AggregateExpr { Op: AggregateOperator.Count or AggregateOperator.Group } aggregate => SelectorOf(aggregate.Operand),
            _ => null,
        };
    }

    /// <summary>Number of matchers and grouping labels of a plain selection, else null.</summary>
    public static int? NamesOf(Expr expression)
    {
        if (SelectorOf(expression) is not { } selector)
        {
            return null;
        }

        int names = selector.Matchers.Count;
        while (Planner.Unwrap(expression) is AggregateExpr aggregate)
        {
            names += aggregate.Grouping.Count;
            expression = aggregate.Operand;
        }

        return names;
    }

    /// <summary>True when the series of a plain selection have this label as the selected series they come from have it.</summary>
    public static bool Keeps(Expr expression, string label)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return !s_metadata.Contains(label) && Planner.Unwrap(expression) switch
        {
            VectorSelector or CallExpr => true,
            AggregateExpr aggregate => aggregate.Without != aggregate.Grouping.Contains(label) && Keeps(aggregate.Operand, label),
            _ => false,
        };
    }

    /// <summary>
    /// True when no two series of a plain selection are the same to the matching, so that matching one of them cannot fail for there being another.
    /// </summary>
    public static bool IsUnique(Expr expression, VectorMatching matching)
    {
        expression = Planner.Unwrap(expression);
        if (expression is AggregateExpr { Without: false } aggregate)
        {
            return matching.On
                ? aggregate.Grouping.All(matching.Labels.Contains)
                : !aggregate.Grouping.Any(s_metadata.Contains) && !aggregate.Grouping.Any(matching.Labels.Contains);
        }

        // Series of one metric differ in another label, and all others are compared.
        return expression is not AggregateExpr && !matching.On && matching.Labels.Count == 0 && SelectorOf(expression) is { } selector
            && selector.Matchers.Any(static m => m.Name == LabelSet.MetricName && m.Type == MatchType.Equal && m.Value.Length > 0);
    }

    private static VectorSelector? OfRange(Expr range) =>
        range is MatrixSelector { Selector: { Smoothed: false, Anchored: false } selector } ? selector : null;
}
