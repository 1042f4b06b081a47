using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Planning.Optimising;

namespace RemoteStore.PromQL.Planning;

/// <summary>
/// The parts of a query that stand in it more than once, with the same meaning and at the same steps, so that they need be computed only once. Immutable.
/// </summary>
/// <remarks>
/// The first occurrence is the one to compute: of annotations with the same text the place of the first is told, so that the others add nothing.
/// </remarks>
internal sealed class SharedExpressions
{
    private readonly Dictionary<Expr, SharedExpression> _byOccurrence = [];

    private SharedExpressions()
    {
    }

    /// <summary>Nothing is shared.</summary>
    public static SharedExpressions None { get; } = new();

    /// <summary>Number of parts that stand in the query more than once, those inside such a part not counted again.</summary>
    public int Count { get; private init; }

    /// <summary>Finds what a query has more than once.</summary>
    /// <exception cref="InsufficientExecutionStackException">The tree is too deep.</exception>
    public static SharedExpressions Of(Expr root)
    {
        var finder = new SharedExpressionFinder();
        finder.Visit(root, EvaluationPlace.Root);
        var shared = new SharedExpressions { Count = finder.Repeated.Count };
        foreach (IReadOnlyList<Expr> occurrences in finder.Repeated)
        {
            var one = new SharedExpression(occurrences[0], occurrences.Count);
            foreach (Expr occurrence in occurrences)
            {
                shared._byOccurrence[occurrence] = one;
            }
        }

        return shared.Count == 0 ? None : shared;
    }

    /// <summary>The shared part that an expression is an occurrence of, or null. Takes the expression without parentheses around it.</summary>
    public SharedExpression? Find(Expr occurrence) => _byOccurrence.GetValueOrDefault(occurrence);
}
