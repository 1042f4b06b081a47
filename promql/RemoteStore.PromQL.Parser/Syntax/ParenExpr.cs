namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>An expression in parentheses.</summary>
/// <param name="inner">What is inside.</param>
/// <param name="position">Where, parentheses included.</param>
public sealed class ParenExpr(Expr inner, PositionRange position) : Expr
{
    /// <summary>What is inside.</summary>
    public Expr Inner { get; } = inner;

    /// <inheritdoc/>
    public override ExprType Type { get; } = inner.Type;

    /// <inheritdoc/>
    public override PositionRange Position { get; } = position;
}
