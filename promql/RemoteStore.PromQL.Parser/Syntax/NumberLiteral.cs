namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>A number, or a duration used as a number of seconds.</summary>
/// <param name="value">The number; a duration in seconds.</param>
/// <param name="isDuration">True when it was written with units.</param>
/// <param name="position">Where, sign included.</param>
public sealed class NumberLiteral(double value, bool isDuration, PositionRange position) : Expr
{
    /// <summary>The number; a duration in seconds.</summary>
    public double Value { get; } = value;

    /// <summary>True when it was written with units, as <c>5m</c>.</summary>
    public bool IsDuration { get; } = isDuration;

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Scalar;

    /// <inheritdoc/>
    public override PositionRange Position { get; } = position;
}
