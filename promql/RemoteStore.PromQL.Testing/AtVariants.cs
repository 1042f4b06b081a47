using System.Globalization;
using System.Text;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Testing;

/// <summary>
/// The same instant query with <c>@</c> on every selector, evaluated at other times: all must give the same. That finds evaluation times that leak into results.
/// </summary>
internal static class AtVariants
{
    private static readonly HashSet<string> s_timeDependent = new(StringComparer.Ordinal)
    {
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year", "predict_linear", "time", "timestamp", "start", "end", "range", "step",
    };

    /// <summary>The rewritten queries; none when the expression depends on the evaluation time.</summary>
    public static IEnumerable<QueryRequest> Of(QueryRequest request)
    {
        if (!PromQLParser.TryParse(request.Query, out Expr? root, out _) || root.Type == ExprType.Text)
        {
            return [];
        }

        var places = new List<int>();
        return Collect(root, pinned: false, places) ? Rewrite(request, places) : [];
    }

    /// <summary>True when the query may be run as a range query too.</summary>
    public static bool CanRange(string query)
    {
        if (!PromQLParser.TryParse(query, out Expr? root, out _) || root.Type is ExprType.Matrix or ExprType.Text)
        {
            return false;
        }

        var open = new Stack<Expr>([root]);
        while (open.TryPop(out Expr? node))
        {
            if (node is CallExpr { Function.Name: "range" or "step" or "start" or "end" } || DurationsOf(node).Any(DependsOnQuery))
            {
                return false;
            }

            foreach (Expr child in node.Children())
            {
                open.Push(child);
            }
        }

        return !query.Contains("start()", StringComparison.Ordinal) && !query.Contains("end()", StringComparison.Ordinal);
    }

    private static IEnumerable<DurationExpr> DurationsOf(Expr node) => (node switch
    {
        MatrixSelector matrix => new[] { matrix.RangeExpr, matrix.Selector.Modifiers.OffsetExpr },
        VectorSelector selector => [selector.Modifiers.OffsetExpr],
        SubqueryExpr subquery => [subquery.RangeExpr, subquery.StepExpr, subquery.Modifiers.OffsetExpr],
        _ => [],
    }).OfType<DurationExpr>();

    private static bool DependsOnQuery(DurationExpr duration) =>
        duration.Op is DurationOperator.Step or DurationOperator.Range
        || (duration.Left is DurationExpr left && DependsOnQuery(left)) || (duration.Right is DurationExpr right && DependsOnQuery(right));

    /// <summary>Collects the places behind selectors that need an <c>@</c>; false when a function depends on the time.</summary>
    private static bool Collect(Expr node, bool pinned, List<int> places)
    {
        switch (node)
        {
            case CallExpr call when s_timeDependent.Contains(call.Function.Name):
                return false;
            case CallExpr { Function.Name: "info" } info:
                return Collect(info.Arguments[0], pinned, places);
            case VectorSelector selector:
                Pin(selector.Modifiers, selector.Position.End);
                return true;
            case MatrixSelector matrix:
                Pin(matrix.Selector.Modifiers, matrix.Position.End);
                return true;
            case SubqueryExpr subquery:
                Pin(subquery.Modifiers, subquery.Position.End);
                return Collect(subquery.Operand, pinned: true, places);
            default:
                foreach (Expr child in node.Children())
                {
                    if (!Collect(child, pinned, places))
                    {
                        return false;
                    }
                }

                return true;
        }

        void Pin(SelectorModifiers modifiers, int end)
        {
            if (!pinned && modifiers.At.Kind == AtKind.None)
            {
                places.Add(end);
            }
        }
    }

    private static IEnumerable<QueryRequest> Rewrite(QueryRequest request, List<int> places)
    {
        byte[] text = Encoding.UTF8.GetBytes(request.Query);
        string modifier = string.Create(CultureInfo.InvariantCulture, $" @ {request.StartMs / 1000.0:0.000}");
        var rewritten = new StringBuilder();
        int from = 0;
        foreach (int place in places.Order())
        {
            rewritten.Append(Encoding.UTF8.GetString(text.AsSpan(from, place - from))).Append(modifier);
            from = place;
        }

        string query = rewritten.Append(Encoding.UTF8.GetString(text.AsSpan(from))).ToString();
        long t = request.StartMs;
        long[] times = t == 0 ? [-1000, 0, 1000] : [-10 * t, 0, t / 5, t, 10 * t];
        return times.Select(time => QueryRequest.Instant(query, time));
    }
}
