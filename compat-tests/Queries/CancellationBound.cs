using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.CompatTests.Queries;

/// <summary>
/// How far apart values of a query may lie because large terms cancel in it. 2.42 adds up in plain or incremental form where later versions compensate,
/// so that what is left of a sum is off by rounding errors of its terms, not of itself. The bound is 1e-12 of the largest finite value that goes into an operator
/// that adds or subtracts (its square for a variance), over all the data: Prometheus is asked for the operands themselves. A query without such operators has the bound 0.
/// </summary>
internal static class CancellationBound
{
    private const int MaxOperands = 12;

    private static readonly HashSet<string> s_adding =
    [
        "sum_over_time", "avg_over_time", "stddev_over_time", "delta", "idelta", "increase", "rate", "irate", "deriv", "predict_linear",
        "double_exponential_smoothing",
    ];

    /// <summary>The bound of a query.</summary>
    /// <param name="query">The query, in the spelling of 3.14.</param>
    /// <param name="largestAsync">The largest finite magnitude of an instant vector over all the data.</param>
    public static async Task<double> OfAsync(string query, Func<string, Task<double>> largestAsync)
    {
        if (!PromQLParser.TryParse(query, out Expr? root, out _))
        {
            return 0;
        }

        double largest = 0;
        foreach ((string operand, bool squared) in Operands(root).Distinct().Take(MaxOperands))
        {
            double magnitude = await largestAsync(operand);
            largest = Math.Max(largest, squared ? magnitude * magnitude : magnitude);
        }

        return largest * AnswerComparison.Relative;
    }

    private static IEnumerable<(string Operand, bool Squared)> Operands(Expr root)
    {
        var open = new Stack<Expr>([root]);
        while (open.TryPop(out Expr? node))
        {
            foreach ((Expr operand, bool squared) in Adding(node))
            {
                foreach (string text in Instant(operand))
                {
                    yield return (text, squared);
                }
            }

            foreach (Expr child in node.Children())
            {
                open.Push(child);
            }
        }
    }

    private static IEnumerable<(Expr Operand, bool Squared)> Adding(Expr node) => node switch
    {
        AggregateExpr { Op: AggregateOperator.Sum or AggregateOperator.Avg or AggregateOperator.StdDev } fold => [(fold.Operand, false)],
        AggregateExpr { Op: AggregateOperator.StdVar } fold => [(fold.Operand, true)],
        CallExpr { Function.Name: "stdvar_over_time" } call => [(call.Arguments[0], true)],
        CallExpr call when s_adding.Contains(call.Function.Name) => [(call.Arguments[0], false)],
        BinaryExpr { Op: BinaryOperator.Add or BinaryOperator.Subtract } binary => [(binary.Left, false), (binary.Right, false)],
        _ => [],
    };

    /// <summary>Instant vectors that show how large an operand gets.</summary>
    private static IEnumerable<string> Instant(Expr operand) => operand.Type switch
    {
        ExprType.Matrix => [$"max_over_time({operand})", $"min_over_time({operand})"],
        ExprType.Scalar => [$"vector({operand})"],
        _ => [operand.ToString()],
    };
}
