namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>Walks trees.</summary>
public static class ExprChildren
{
    /// <summary>The nodes right below a node, in the order they are written. Durations of ranges, offsets and steps are not among them.</summary>
    public static IReadOnlyList<Expr> Children(this Expr node) => node switch
    {
        AggregateExpr { Parameter: { } parameter } aggregate => [parameter, aggregate.Operand],
        AggregateExpr aggregate => [aggregate.Operand],
        BinaryExpr binary => [binary.Left, binary.Right],
        CallExpr call => call.Arguments,
        MatrixSelector matrix => [matrix.Selector],
        ParenExpr paren => [paren.Inner],
        SubqueryExpr subquery => [subquery.Operand],
        UnaryExpr unary => [unary.Operand],
        _ => [],
    };
}
