namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>Operators of arithmetic on durations.</summary>
public enum DurationOperator
{
    /// <summary><c>+</c>; without a left side it stands for parentheses around, or a plus before, the right side.</summary>
    Add,

    /// <summary><c>-</c>; without a left side it negates.</summary>
    Subtract,

    /// <summary><c>*</c></summary>
    Multiply,

    /// <summary><c>/</c></summary>
    Divide,

    /// <summary><c>%</c></summary>
    Modulo,

    /// <summary><c>^</c></summary>
    Power,

    /// <summary><c>step()</c>: the step of the query.</summary>
    Step,

    /// <summary><c>range()</c>: end minus start of the query.</summary>
    Range,

    /// <summary><c>min_of(a, b)</c></summary>
    MinOf,

    /// <summary><c>max_of(a, b)</c></summary>
    MaxOf,
}

/// <summary>Arithmetic in a range, an offset or a step. Its value is known when the query's step and range are.</summary>
/// <param name="op">The operator.</param>
/// <param name="left">Left side: a <see cref="NumberLiteral"/> or <see cref="DurationExpr"/>; null for a sign and for step and range.</param>
/// <param name="right">Right side; null for step and range.</param>
/// <param name="wrapped">True when in parentheses.</param>
/// <param name="start">First byte of what has a beginning of its own, else 0.</param>
/// <param name="end">Byte after it, else 0.</param>
public sealed class DurationExpr(DurationOperator op, Expr? left, Expr? right, bool wrapped, int start, int end) : Expr
{
    /// <summary>The operator.</summary>
    public DurationOperator Op { get; } = op;

    /// <summary>Left side: a <see cref="NumberLiteral"/> (seconds) or a <see cref="DurationExpr"/>; null for a sign, a step and a range.</summary>
    public Expr? Left { get; } = left;

    /// <summary>Right side; null for a step and a range.</summary>
    public Expr? Right { get; } = right;

    /// <summary>True when in parentheses.</summary>
    public bool Wrapped { get; } = wrapped;

    /// <summary>First byte as Prometheus records it: of a function, a sign or a wrapped literal, else 0.</summary>
    public int Start { get; } = start;

    /// <summary>Byte after the end as Prometheus records it: of a function or a wrapped literal, else 0.</summary>
    public int End { get; } = end;

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Scalar;

    /// <inheritdoc/>
    public override PositionRange Position => Op is DurationOperator.Step or DurationOperator.Range || Right is null
        ? new(Start, End)
        : Left is null ? new(Start, Right.Position.End)
        : Op is DurationOperator.MinOf or DurationOperator.MaxOf ? new(Start, End)
        : new(Left.Position.Start, Right.Position.End);

    /// <summary>The same in parentheses.</summary>
    internal DurationExpr InParentheses() => new(Op, Left, Right, wrapped: true, Start, End);
}
