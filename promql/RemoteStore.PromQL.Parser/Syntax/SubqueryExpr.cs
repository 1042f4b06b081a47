namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>An expression evaluated at many times: <c>rate(x[5m])[1h:1m]</c>.</summary>
/// <param name="operand">The expression.</param>
/// <param name="rangeMs">Length of the range in milliseconds, or 0.</param>
/// <param name="rangeExpr">The range as arithmetic, or null.</param>
/// <param name="stepMs">Step in milliseconds, or 0.</param>
/// <param name="stepExpr">The step as arithmetic, or null.</param>
/// <param name="end">Byte after the end.</param>
public sealed class SubqueryExpr(Expr operand, long rangeMs, DurationExpr? rangeExpr, long stepMs, DurationExpr? stepExpr, int end) : Expr
{
    /// <summary>The expression, an instant vector.</summary>
    public Expr Operand { get; } = operand;

    /// <summary>Length of the range in milliseconds, above 0; 0 when <see cref="RangeExpr"/> gives it.</summary>
    public long RangeMs { get; } = rangeMs;

    /// <summary>The range as arithmetic; null when it is a plain duration.</summary>
    public DurationExpr? RangeExpr { get; } = rangeExpr;

    /// <summary>Step in milliseconds; 0 when the default applies or <see cref="StepExpr"/> gives it.</summary>
    public long StepMs { get; } = stepMs;

    /// <summary>The step as arithmetic; null when it is a plain duration or left out.</summary>
    public DurationExpr? StepExpr { get; } = stepExpr;

    /// <summary>Offset and <c>@</c>.</summary>
    public SelectorModifiers Modifiers { get; private init; } = new();

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Matrix;

    /// <inheritdoc/>
    public override PositionRange Position => new(Operand.Position.Start, End);

    internal int End { get; set; } = end;

    /// <summary>The same with another operand, which stands where this one's does.</summary>
    public SubqueryExpr WithOperand(Expr operand) => new(operand, RangeMs, RangeExpr, StepMs, StepExpr, End) { Modifiers = Modifiers };
}
