namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>A sign before an expression that is not a number literal.</summary>
/// <param name="isMinus">True for <c>-</c>, false for <c>+</c>.</param>
/// <param name="operand">The expression.</param>
/// <param name="start">Byte of the sign.</param>
public sealed class UnaryExpr(bool isMinus, Expr operand, int start) : Expr
{
    /// <summary>True for <c>-</c>, false for <c>+</c>.</summary>
    public bool IsMinus { get; } = isMinus;

    /// <summary>The expression.</summary>
    public Expr Operand { get; } = operand;

    /// <inheritdoc/>
    public override ExprType Type { get; } = operand.Type;

    /// <inheritdoc/>
    public override PositionRange Position => new(start, Operand.Position.End);

    /// <summary>The same with another operand, which stands where this one's does.</summary>
    public UnaryExpr WithOperand(Expr operand) => new(IsMinus, operand, start);
}
