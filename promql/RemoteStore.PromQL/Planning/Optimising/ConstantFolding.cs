using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning.Optimising;

/// <summary>
/// Works out scalars that depend on nothing but numbers in the query. The same code computes them as at evaluation, so the bits are the same. What depends on
/// the times of the query (<c>time()</c>, <c>start()</c>, <c>step()</c> and so on) stays, and so does every vector.
/// </summary>
internal sealed class ConstantFolding : TreeRewriter
{
    /// <inheritdoc/>
    protected override Expr Replace(Expr node) => node.Type == ExprType.Scalar && Value(node) is { } value
        ? new NumberLiteral(value, isDuration: false, node.Position)
        : node;

    private static double? Value(Expr node) => node switch
    {
        UnaryExpr unary => unary.IsMinus ? -Constant(unary.Operand) : Constant(unary.Operand),
        BinaryExpr binary => Constant(binary.Left) is { } left && Constant(binary.Right) is { } right
            ? FloatArithmetic.Scalar(binary.Op, left, right)
            : null,
        CallExpr call => Value(call),
        _ => null,
    };

    private static double? Value(CallExpr call) => call.Function.Name switch
    {
        "pi" => Math.PI,
        "max_of" => Constant(call.Arguments[0]) is { } a && Constant(call.Arguments[1]) is { } b ? Extremes.Larger(a, b) : null,
        "min_of" => Constant(call.Arguments[0]) is { } a && Constant(call.Arguments[1]) is { } b ? Extremes.Smaller(a, b) : null,
        "scalar" => Planner.Unwrap(call.Arguments[0]) is CallExpr { Function.Name: "vector" } vector ? Constant(vector.Arguments[0]) : null,
        _ => null,
    };

    private static double? Constant(Expr expression) => Planner.Unwrap(expression) is NumberLiteral number ? number.Value : null;
}
