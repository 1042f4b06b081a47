namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>Two expressions and an operator between them.</summary>
/// <param name="op">The operator.</param>
/// <param name="left">Left side.</param>
/// <param name="right">Right side.</param>
/// <param name="returnBool">True when <c>bool</c> was given.</param>
/// <param name="matching">The matching as written.</param>
public sealed class BinaryExpr(BinaryOperator op, Expr left, Expr right, bool returnBool, VectorMatching? matching) : Expr
{
    /// <summary>The operator.</summary>
    public BinaryOperator Op { get; } = op;

    /// <summary>Left side.</summary>
    public Expr Left { get; } = left;

    /// <summary>Right side.</summary>
    public Expr Right { get; } = right;

    /// <summary>True when a comparison gives 0 and 1 instead of filtering.</summary>
    public bool ReturnBool { get; } = returnBool;

    /// <summary>How series of the two sides match; null when one side is not an instant vector. The type check settles it.</summary>
    public VectorMatching? Matching { get; internal set; } = matching;

    /// <inheritdoc/>
    public override ExprType Type { get; } =
        left.Type == ExprType.Scalar && right.Type == ExprType.Scalar ? ExprType.Scalar : ExprType.Vector;

    /// <inheritdoc/>
    public override PositionRange Position => new(_start, Right.Position.End);

    // Kept, for in a long chain the leftmost operand is far away.
    private readonly int _start = left.Position.Start;
}
