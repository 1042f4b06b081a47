using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning.Optimising;

/// <summary>
/// Lets each side of a binary operator select only what can match the other: a matcher on a label that is compared must hold on both sides.
/// </summary>
/// <remarks>
/// Fires only where nothing but work is saved. Not with <c>fill</c>, <c>or</c>, nor from the right of <c>unless</c> to its left: there series without a match
/// count. Not where a side could report something about series that are left out, or be refused for series that are the same to the matching
/// (<see cref="VectorFacts"/>): an empty side also silences such a refusal of the other. Not for the metric name, which is not compared.
/// </remarks>
internal sealed class MatcherPropagation : TreeRewriter
{
    /// <summary>Beyond this many names on a side or in the matching it is left alone: they are compared with each other.</summary>
    private const int MaxNames = 100;

    /// <inheritdoc/>
    protected override Expr Replace(Expr node)
    {
        if (node is not BinaryExpr { Type: ExprType.Vector, Matching: { } matching } binary || !Fires(binary, matching))
        {
            return node;
        }

        IReadOnlyList<LabelMatcher> ofLeft = Compared(binary.Left, matching);
        IReadOnlyList<LabelMatcher> ofRight = binary.Op == BinaryOperator.Unless ? [] : Compared(binary.Right, matching);
        Expr left = Add(binary.Left, ofRight);
        Expr right = Add(binary.Right, ofLeft);
        return ReferenceEquals(left, binary.Left) && ReferenceEquals(right, binary.Right)
            ? binary
            : new BinaryExpr(binary.Op, left, right, binary.ReturnBool, matching);
    }

    private static bool Fires(BinaryExpr binary, VectorMatching matching)
    {
        if (binary.Op == BinaryOperator.Or || matching.FillLeft is not null || matching.FillRight is not null
            || VectorFacts.NamesOf(binary.Left) is not <= MaxNames || VectorFacts.NamesOf(binary.Right) is not <= MaxNames
            || matching.Labels.Count > MaxNames)
        {
            return false;
        }

        Expr one = matching.Cardinality == MatchCardinality.OneToMany ? binary.Left : binary.Right;
        return binary.Op.IsSetOperator() || VectorFacts.IsUnique(one, matching);
    }

    /// <summary>Matchers of a side's selector on labels that are compared.</summary>
    private static List<LabelMatcher> Compared(Expr side, VectorMatching matching) =>
    [
        .. VectorFacts.SelectorOf(side)!.Matchers.Where(matcher =>
            matcher.Name != LabelSet.MetricName && matching.On == matching.Labels.Contains(matcher.Name) && VectorFacts.Keeps(side, matcher.Name)),
    ];

    private static Expr Add(Expr side, IReadOnlyList<LabelMatcher> matchers)
    {
        VectorSelector selector = VectorFacts.SelectorOf(side)!;
        List<LabelMatcher> added =
        [
            .. matchers.Where(matcher => VectorFacts.Keeps(side, matcher.Name) && !selector.Matchers.Any(own => own.ToString() == matcher.ToString())),
        ];
        return added.Count == 0 ? side : new Addition(selector, added).Rewrite(side);
    }

    /// <summary>Adds matchers to one selector.</summary>
    private sealed class Addition(VectorSelector selector, IReadOnlyList<LabelMatcher> added) : TreeRewriter
    {
        protected override Expr Replace(Expr node) =>
            ReferenceEquals(node, selector) ? selector.WithMatchers([.. added, .. selector.Matchers]) : node;
    }
}
