namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>A selector with a range; its offset, <c>@</c>, <c>anchored</c> and <c>smoothed</c> are those of the inner selector.</summary>
/// <param name="selector">The selector.</param>
/// <param name="rangeMs">Length of the range in milliseconds, or 0.</param>
/// <param name="rangeExpr">The range as arithmetic, or null.</param>
/// <param name="end">Byte after the end.</param>
public sealed class MatrixSelector(Expr selector, long rangeMs, DurationExpr? rangeExpr, int end) : Expr
{
    /// <summary>The selector without its range.</summary>
    public VectorSelector Selector => (VectorSelector)Operand;

    /// <summary>Length of the range in milliseconds, above 0; 0 when <see cref="RangeExpr"/> gives it.</summary>
    public long RangeMs { get; } = rangeMs;

    /// <summary>The range as arithmetic; null when it is a plain duration.</summary>
    public DurationExpr? RangeExpr { get; } = rangeExpr;

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Matrix;

    /// <inheritdoc/>
    public override PositionRange Position => new(Operand.Position.Start, End);

    /// <summary>What stands before the brackets: not a selector only in a tree that is thrown away for its faults.</summary>
    internal Expr Operand { get; } = selector;

    internal int End { get; set; } = end;

    /// <summary>The same with another selector, which stands where this one's does.</summary>
    public MatrixSelector WithSelector(VectorSelector selector) => new(selector, RangeMs, RangeExpr, End);
}
