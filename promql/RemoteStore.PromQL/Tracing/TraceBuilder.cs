using System.Text;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Tracing;

/// <summary>Builds the tree of a trace while the planner walks through a query.</summary>
/// <param name="query">Text of the query.</param>
internal sealed class TraceBuilder(string query)
{
    private const int MaxPartBytes = 200;

    private readonly byte[] _query = Encoding.UTF8.GetBytes(query);
    private readonly Stack<TraceNode> _open = new();

    /// <summary>The outermost operator.</summary>
    public TraceNode? Root { get; private set; }

    /// <summary>The operator that is planned now.</summary>
    public TraceNode? Current => _open.TryPeek(out TraceNode? node) ? node : null;

    /// <summary>Goes into an expression. What is made of it is to be recorded in the result; <see cref="End"/> goes out again.</summary>
    public TraceNode Begin(Expr expression)
    {
        var node = new TraceNode($"{Kind(expression)}: {Part(expression.Position)}");
        Current?.Add(node);
        Root ??= node;
        _open.Push(node);
        return node;
    }

    /// <summary>Goes out of the expression that was gone into last.</summary>
    public void End() => _open.Pop();

    private static string Kind(Expr expression) => expression switch
    {
        VectorSelector => "select",
        MatrixSelector => "select range",
        SubqueryExpr => "subquery",
        AggregateExpr aggregate => aggregate.Op.Name(),
        CallExpr call => call.Function.Name,
        BinaryExpr { Op: BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Unless } binary => binary.Op.Symbol(),
        BinaryExpr { Left.Type: ExprType.Vector, Right.Type: ExprType.Vector } binary => $"join {binary.Op.Symbol()}",
        BinaryExpr binary => $"each {binary.Op.Symbol()}",
        UnaryExpr => "negate",
        _ => "scalar",
    };

    private string Part(PositionRange position)
    {
        int start = Math.Clamp(position.Start, 0, _query.Length);
        int end = Math.Clamp(position.End, start, _query.Length);
        return end - start <= MaxPartBytes
            ? Encoding.UTF8.GetString(_query.AsSpan(start..end))
            : Encoding.UTF8.GetString(_query.AsSpan(start, MaxPartBytes)) + "…";
    }
}
