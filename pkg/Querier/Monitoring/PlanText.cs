using System.Globalization;
using System.Text;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;

namespace RemoteStore.Querier.Monitoring;

/// <summary>A query's operators on one line for the log, each before what it reads from: <c>sum ← rate ← select up[5m]</c>.</summary>
internal static class PlanText
{
    private const int MaxLength = 2000;

    /// <summary>With what each operator did when that was recorded, else as written.</summary>
    public static string Of(string query, QueryResult? result)
    {
        var text = new StringBuilder();
        if (result?.Trace is { } trace)
        {
            Append(text, trace);
        }
        else if (PromQLParser.TryParse(query, out Expr? expression, out _))
        {
            Append(text, expression);
        }

        return FinishedQuery.Cut(text.ToString(), MaxLength);
    }

    private static void Append(StringBuilder text, QueryTrace trace)
    {
        _ = text.Append(
            CultureInfo.InvariantCulture, $"{trace.Operation} [{trace.Elapsed.TotalMilliseconds:F1} ms, {trace.Series} series, {trace.Samples} samples]");
        AppendInputs(text, trace.Inputs, Append);
    }

    private static void Append(StringBuilder text, Expr node)
    {
        switch (node)
        {
            case ParenExpr paren:
                Append(text, paren.Inner);
                return;
            case VectorSelector or MatrixSelector:
                _ = text.Append("select ").Append(node);
                return;
            case NumberLiteral or StringLiteral:
                _ = text.Append(node);
                return;
            default:
                _ = text.Append(Name(node));
                AppendInputs(text, node.Children(), Append);
                return;
        }
    }

    private static string Name(Expr node) => node switch
    {
        AggregateExpr aggregate => aggregate.Op.Name(),
        BinaryExpr binary => binary.Op.Symbol(),
        CallExpr call => call.Function.Name,
        SubqueryExpr => "subquery",
        UnaryExpr => "unary",
        _ => node.Type.ToString(),
    };

    private static void AppendInputs<T>(StringBuilder text, IReadOnlyList<T> inputs, Action<StringBuilder, T> append)
    {
        if (inputs.Count == 0 || text.Length > MaxLength)
        {
            return;
        }

        _ = text.Append(inputs.Count == 1 ? " ← " : " ← (");
        for (int i = 0; i < inputs.Count && text.Length <= MaxLength; i++)
        {
            _ = text.Append(i == 0 ? "" : ", ");
            append(text, inputs[i]);
        }

        _ = text.Append(inputs.Count == 1 ? "" : ")");
    }
}
