namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>Operators that fold series into groups.</summary>
public enum AggregateOperator
{
    /// <summary><c>avg</c></summary>
    Avg,

    /// <summary><c>bottomk</c></summary>
    BottomK,

    /// <summary><c>count</c></summary>
    Count,

    /// <summary><c>count_values</c></summary>
    CountValues,

    /// <summary><c>group</c></summary>
    Group,

    /// <summary><c>max</c></summary>
    Max,

    /// <summary><c>min</c></summary>
    Min,

    /// <summary><c>quantile</c></summary>
    Quantile,

    /// <summary><c>stddev</c></summary>
    StdDev,

    /// <summary><c>stdvar</c></summary>
    StdVar,

    /// <summary><c>sum</c></summary>
    Sum,

    /// <summary><c>topk</c></summary>
    TopK,

    /// <summary><c>limitk</c>, experimental.</summary>
    LimitK,

    /// <summary><c>limit_ratio</c>, experimental.</summary>
    LimitRatio,
}

/// <summary>Properties of <see cref="AggregateOperator"/>.</summary>
public static class AggregateOperators
{
    private static readonly string[] s_names =
    [
        "avg", "bottomk", "count", "count_values", "group", "max", "min", "quantile", "stddev", "stdvar", "sum", "topk", "limitk", "limit_ratio",
    ];

    /// <summary>As PromQL spells it.</summary>
    public static string Name(this AggregateOperator op) => s_names[(int)op];

    /// <summary>True when a parameter comes before the vector.</summary>
    public static bool HasParameter(this AggregateOperator op) => op is AggregateOperator.TopK or AggregateOperator.BottomK or
        AggregateOperator.CountValues or AggregateOperator.Quantile or AggregateOperator.LimitK or AggregateOperator.LimitRatio;

    /// <summary>True for operators Prometheus has behind a flag.</summary>
    public static bool IsExperimental(this AggregateOperator op) => op is AggregateOperator.LimitK or AggregateOperator.LimitRatio;
}

/// <summary>An aggregation over groups of series.</summary>
/// <param name="op">The operator.</param>
/// <param name="operand">The vector; null only in a tree that is thrown away for its faults.</param>
/// <param name="parameter">The parameter of operators that have one.</param>
/// <param name="grouping">Labels of <c>by</c> or <c>without</c>.</param>
/// <param name="without">True for <c>without</c>.</param>
/// <param name="position">Where.</param>
public sealed class AggregateExpr(
    AggregateOperator op, Expr operand, Expr? parameter, IReadOnlyList<string> grouping, bool without, PositionRange position) : Expr
{
    /// <summary>The operator.</summary>
    public AggregateOperator Op { get; } = op;

    /// <summary>The vector that is folded.</summary>
    public Expr Operand { get; } = operand;

    /// <summary>The parameter of <c>topk</c>, <c>quantile</c>, <c>count_values</c> and their like; else null.</summary>
    public Expr? Parameter { get; } = parameter;

    /// <summary>Labels of <c>by</c> or <c>without</c>.</summary>
    public IReadOnlyList<string> Grouping { get; } = grouping;

    /// <summary>True for <c>without</c>; false for <c>by</c> and for no modifier, which is <c>by ()</c>.</summary>
    public bool Without { get; } = without;

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Vector;

    /// <inheritdoc/>
    public override PositionRange Position { get; } = position;
}
