using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.QueryFrontend.Analysis;

/// <summary>What must be known of a query to cut its range in pieces and to keep its answer.</summary>
/// <param name="Text">The query in canonical spelling.</param>
/// <param name="Type">What it evaluates to.</param>
/// <param name="IsRangeBound">True when the value at one step may depend on which other steps are evaluated with it.</param>
/// <param name="Reach">Which samples each step looks at; meaningless when <paramref name="IsRangeBound"/>.</param>
internal sealed record QueryShape(string Text, ExprType Type, bool IsRangeBound, TimeReach Reach)
{
    /// <summary>True when steps are independent, and read samples: else there is nothing to win.</summary>
    public bool CanBeCut => !IsRangeBound && (Reach.HasOffsets || Reach.HasTimes);

    /// <summary>Looks at a query; null when it is faulty or cannot be evaluated over a range.</summary>
    /// <param name="query">Its text.</param>
    /// <param name="lookbackMs">Lookback delta that holds for it, in milliseconds.</param>
    public static QueryShape? Of(string query, long lookbackMs)
    {
        if (!PromQLParser.TryParse(query, out Expr? expression, out _))
        {
            return null;
        }

        var analyzer = new ShapeAnalyzer(lookbackMs);
        TimeReach reach = analyzer.Reach(expression);
        return new QueryShape(expression.ToString(), ShapeAnalyzer.Unwrap(expression).Type, analyzer.IsRangeBound, reach);
    }
}
