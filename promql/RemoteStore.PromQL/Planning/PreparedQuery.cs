using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Planning.Optimising;

namespace RemoteStore.PromQL.Planning;

/// <summary>A query as far as it can be planned before it is known for which times: parsed, checked, optimised. Immutable, shared by evaluations.</summary>
internal sealed class PreparedQuery
{
    private const int NodeBytes = 400;
    private const int TextFactor = 8;

    private PreparedQuery(Expr root, SharedExpressions shared, long sizeBytes)
    {
        Root = root;
        Shared = shared;
        SizeBytes = sizeBytes;
        Invariance.Learn(root);
    }

    /// <summary>The expression to evaluate, without parentheses around it.</summary>
    public Expr Root { get; }

    /// <summary>What stands in it more than once.</summary>
    public SharedExpressions Shared { get; }

    /// <summary>What does not depend on the step.</summary>
    public StepInvariance Invariance { get; } = new();

    /// <summary>Estimate of the bytes it takes.</summary>
    public long SizeBytes { get; }

    /// <summary>Prepares a query.</summary>
    /// <param name="query">Its text.</param>
    /// <param name="optimise">False to leave it as it is written.</param>
    /// <param name="options">What is accepted; null for everything.</param>
    /// <exception cref="QueryException">It does not parse.</exception>
    /// <exception cref="InsufficientExecutionStackException">It is nested too deeply.</exception>
    public static PreparedQuery Of(string query, bool optimise, ParserOptions? options = null)
    {
        if (!PromQLParser.TryParse(query, out Expr? expression, out IReadOnlyList<ParseFault>? faults, options))
        {
            throw new QueryException(QueryErrorKind.BadQuery, faults[0].ToString());
        }

        Expr root = Planner.Unwrap(optimise ? Optimiser.Rewrite(expression) : expression);
        SharedExpressions shared = optimise ? SharedExpressions.Of(root) : SharedExpressions.None;
        return new PreparedQuery(root, shared, ((long)query.Length * TextFactor) + (Nodes(root) * NodeBytes));
    }

    private static long Nodes(Expr root)
    {
        long count = 0;
        var open = new Stack<Expr>([root]);
        while (open.TryPop(out Expr? node))
        {
            count += node is VectorSelector selector ? 1 + selector.Matchers.Count : 1;
            foreach (Expr child in node.Children())
            {
                open.Push(child);
            }
        }

        return count;
    }
}
